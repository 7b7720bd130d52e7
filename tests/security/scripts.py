"""What somebody types who wants a reader's browser to run it, and how to see in a page that it was taken for more than text."""

from tests.security.filled import EMAILS

# `x-planted` is an element that no page of ours has.
PAYLOADS = [
    *('"><x-planted onclick=alert(1)>', "<script>alert(1)</script>", "'><img src=x onerror=alert(1)>"),
    *("</title></textarea><x-planted>", "{{7*7}}planted{% load x %}", "[x](javascript:alert(1))"),
    *("<svg onload=alert(1)><x-planted>", "<a href=javascript:alert(1)>x</a>", "]]></summary><x-planted/>"),
    *("</script><script>alert(1)</script>", "<base href=//evil.example>", "![x](x onerror=alert(1))<x-planted>"),
    *(
        "<iframe srcdoc=<script>alert(1)>",
        "<style>*{color:red}</style>",
        "--><x-planted><!--",
        "${alert(1)}`;alert(1)//",
    ),
]
LINKS = ["javascript:alert(1)//", "https://x.example/'><x-planted>", "data:text/html,<script>alert(1)</script>"]
ALL_AT_ONCE = "\n\n".join(PAYLOADS)
LINK_COLUMNS = {"link", "links", "unsubscribe_url"}


def text_of(column: str, number: int) -> str:
    """What stands in a column of a row: one of them, another in each, and in long texts all of them after it."""
    if column in EMAILS:
        return f'"<x-planted>{number}"@example.org'
    texts = LINKS if column in LINK_COLUMNS else PAYLOADS
    return f"{texts[(number + len(column)) % len(texts)]} {number}\n\n{ALL_AT_ONCE if column in LONG else ''}".strip()


LONG = {"description", "body", "comment", "given", "why", "reason", "note", "blind_lines", "text", "guidance"}

# In a page, by a function for the browser: every element and attribute that came out of a text.
TAKEN_FOR_MORE = """() => {
  const found = [...document.querySelectorAll(
    "x-planted, iframe, object, embed, base, style, meta[http-equiv], img[src='x'], svg[onload], [onclick], [onerror], [onload], [srcdoc]"
  )];
  for (const each of document.querySelectorAll("[href], [action], [src], [formaction], [data]"))
    for (const name of ["href", "action", "src", "formaction", "data"])
      if (/^\\s*((javascript|data|vbscript):|\\/\\/evil)/i.test(each.getAttribute(name) ?? "")) found.push(each);
  for (const each of document.scripts)
    if (!each.src && !/json/.test(each.type)) found.push(each);
  const told = found.map((each) => each.outerHTML.slice(0, 150));
  return document.body.innerText.includes("49planted") ? [...told, "a template was run"] : told;
}"""
# Whether a payload is to be read on the page, as the text that it is.
IS_READ = r"""() => /x-planted|alert\(1\)|7\*7/.test(document.documentElement.innerText +
  [...document.querySelectorAll("input, textarea")].map((each) => each.value).join())"""
# Before any script of the page: each breach of the policy becomes an error on the console.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error("violation:", event.effectiveDirective, event.blockedURI, event.sample));"""
