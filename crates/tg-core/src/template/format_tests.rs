//! HTML and plain templates: what operators write, and what hostile fields try.

use super::*;
use crate::contact::Person;
use crate::delivery::{Body, EntityKind};
use proptest::prelude::*;

fn person(first_name: &str) -> Person {
    Person { first_name: first_name.to_owned(), ..Person::default() }
}

fn html(source: &str, name: &str) -> Body {
    let template = Template::compile_as(source, Format::Html).expect("compiles");
    template.render(&person(name)).expect("renders").remove(0)
}

fn first_fault(source: &str) -> (usize, usize, String) {
    let fault = Template::compile_as(source, Format::Html).expect_err("is faulty").remove(0);
    (fault.line, fault.column, fault.message)
}

#[test]
fn every_tag_of_the_subset() {
    let body = html(
        "<b>b</b><strong>b</strong><i>i</i><em>i</em><u>u</u><ins>u</ins><s>s</s><del>s</del>\
         <code>c</code><tg-spoiler>t</tg-spoiler><span class=\"tg-spoiler\">t</span>\
         <blockquote expandable>q</blockquote><a href='https://example.org/?a=1&amp;b=2'>l</a>\
         <pre>p</pre><pre><code class=\"language-rust\">r</code></pre>",
        "",
    );
    assert_eq!(body.text, "bbiiuussctt\u{71}lpr");
    let kinds: Vec<EntityKind> = body.entities.iter().map(|entity| entity.kind.clone()).collect();
    use EntityKind as K;
    let url = "https://example.org/?a=1&b=2".to_owned();
    let pre = |language: &str| K::Pre { language: language.to_owned() };
    assert_eq!(
        kinds,
        [
            K::Bold,
            K::Bold,
            K::Italic,
            K::Italic,
            K::Underline,
            K::Underline,
            K::Strike,
            K::Strike,
            K::Code,
            K::Spoiler,
            K::Spoiler,
            K::Quote,
            K::Link { url },
            pre(""),
            pre("rust"),
        ]
    );
}

#[test]
fn text_stays_as_it_is_written_and_entities_nest() {
    let body = html(
        "\nHi <b>🦊 <i>{{ first_name }}</i></b> &lt;3 &amp; &#8217;\n  two  <!-- no -->lines & all\n",
        "Zoë",
    );
    assert_eq!(body.text, "Hi 🦊 Zoë <3 & ’\n  two  lines & all");
    let places: Vec<_> = body.entities.iter().map(|e| (e.offset, e.length)).collect();
    assert_eq!(places, [(3, 6), (6, 3)], "in UTF-16 units, the outer one first");
}

#[test]
fn a_field_is_text_wherever_it_stands() {
    for value in ["<b>x</b>", "</b>", "&lt;", "\"><b>", "{{ last_name }}", "<!--", "a & b;"] {
        assert_eq!(html("<b>{{ first_name }}</b>!", value).text, format!("{value}!"));
        let link = html("<a href=\"https://example.org/{{ first_name }}\">x</a>", value);
        let url = format!("https://example.org/{value}");
        assert_eq!(link.entities[0].kind, EntityKind::Link { url });
        assert_eq!(link.text, "x");
    }
}

#[test]
fn faults_have_a_place() {
    for (source, line, column, message) in [
        ("a\n <p>x</p>", 2, 2, "<p> is no tag"),
        ("<b>x", 1, 1, "<b> is not closed"),
        ("<b>x</i>", 1, 5, "</i> stands where </b> is due"),
        ("x</b>", 1, 2, "</b> closes nothing"),
        ("1 < 2", 1, 3, "written &lt;"),
        ("<a>x</a>", 1, 1, "needs an href"),
        ("<a href=x>x</a>", 1, 1, "name=\"value\""),
        ("ä&nbsp;b", 1, 2, "&nbsp; is unknown"),
        ("<code><b>x</b></code>", 1, 7, "takes no other formatting"),
        ("<b", 1, 1, "has no >"),
        ("{{ first_name }}\n{% if lang %}<b>x{% endif %}", 2, 14, "<b> is not closed"),
        ("one\n<!-- next message -->\n\n<p>", 4, 1, "<p> is no tag"),
        ("{% if %}", 1, 1, ""),
    ] {
        let found = first_fault(source);
        assert_eq!(
            (found.0, found.1),
            (line, if message.is_empty() { found.1 } else { column }),
            "{source}: {found:?}"
        );
        assert!(found.2.contains(message), "{source}: {found:?}");
    }
}

#[test]
fn a_branch_may_hold_whole_tags() {
    let source =
        "{% if first_name == 'Ann' %}<b>Hi</b>{% else %}<i>{{ first_name }}</i>{% endif %}!";
    assert_eq!(html(source, "Ann").entities[0].kind, EntityKind::Bold);
    assert_eq!(html(source, "a<b").entities[0].kind, EntityKind::Italic);
}

#[test]
fn plain_is_plain() {
    let source = "**Hi** <b>{{ first_name }}</b> &amp;\n\n\n- x";
    let template = Template::compile_as(source, Format::Plain).expect("compiles");
    let body = template.render(&person("*A*")).expect("renders").remove(0);
    assert_eq!(body.text, "**Hi** <b>*A*</b> &amp;\n\n\n- x");
    assert!(body.entities.is_empty());
}

proptest! {
    /// Whatever is written, it is refused or gives entities that lie inside the text.
    #[test]
    fn html_never_leaves_its_text(source in "([<>&;/=\"'a-z !\\-\n🦊]|<b>|</b>|<a href=\"x\">|</a>|&lt;|<pre>|</pre>|<code>|</code>){0,40}") {
        if let Ok(template) = Template::compile_as(&source, Format::Html)
            && let Ok(bodies) = template.render(&person("x"))
        {
            for body in bodies {
                let units = u32::try_from(body.text.encode_utf16().count()).expect("short");
                for entity in &body.entities {
                    prop_assert!(entity.length > 0 && entity.offset + entity.length <= units);
                }
            }
        }
    }
}

#[test]
fn links_that_lead_nowhere_are_faults_or_skip_the_person() {
    for source in
        ["a\n<a href=\"javascript:alert(1)\">x</a>", "a\n<a href='data:text/html,x'>x</a>"]
    {
        let (line, column, message) = first_fault(source);
        assert_eq!((line, column), (2, 10), "{message}");
        assert!(message.contains("link"), "{message}");
    }
    let markdown = Template::compile("a\n[x](javascript:alert)").expect_err("is faulty").remove(0);
    assert_eq!((markdown.line, markdown.column), (2, 5));
    // A field may hold a link; it may not smuggle in another kind.
    let template = Template::compile("[x]({{ first_name }})").expect("compiles");
    assert!(template.render(&person("https://example.org")).is_ok());
    assert_eq!(template.render(&person("javascript:alert(1)")), Err(RenderError::Link));
    let choice = "<a href=\"{% if first_name %}https://a.org{% else %}tg://b{% endif %}\">x</a>";
    assert!(Template::compile_as(choice, Format::Html).is_ok());
}

/// From OWASP's filter evasion cheat sheet. In a template they are faults or plain text; nothing of
/// them becomes an entity that Telegram would act on.
#[test]
fn markup_that_is_not_telegrams_is_refused() {
    for source in [
        "<script>alert(1)</script>",
        "<IMG SRC=\"javascript:alert('x');\">",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<a href=\"jAvAsCrIpT:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<a href=\"java\nscript:alert(1)\">x</a>",
        "<a onmouseover=\"alert(1)\">x</a>",
        "<style>*{}</style>",
        "<base href=\"https://evil.example/\">",
        "<meta http-equiv=\"refresh\">",
        "<object data=x></object>",
        "<b><i>crossed</b></i>",
        "<b>open",
        "<!-- open",
        "<![CDATA[x]]>",
        "<?php x ?>",
        "&bogus;",
        "&#0;",
        "&#x110000;",
        "a < b",
    ] {
        let compiled = Template::compile_as(source, Format::Html);
        assert!(compiled.is_err(), "{source}");
    }
    // Attributes that Telegram does not know do nothing.
    let body = html("<b onclick=\"alert(1)\" style=\"x\">b</b>", "");
    assert_eq!((body.text.as_str(), body.entities.len()), ("b", 1));
    assert_eq!(body.entities[0].kind, EntityKind::Bold);
}
