//! No image of this process's memory reaches a disk: keys would be in it.

/// Switches core dumps off. A limit of zero does not bind a kernel that pipes dumps into a program
/// (core(5)); a process that is not dumpable has none either way, nor can others of the same user
/// read its memory.
pub(crate) fn off() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps could not be limited");
        }
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "the process could not be made undumpable");
        }
    }
}
