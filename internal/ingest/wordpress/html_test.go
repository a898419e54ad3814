package wordpress

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"triage/internal/ingest"
)

func TestHTMLIsRead(t *testing.T) {
	for _, c := range []struct{ typed, text string }{
		{"", ""},
		{"plain words", "plain words"},
		{"two\nlines\n\nand a gap", "two\nlines\n\nand a gap"},
		{"Kate &amp; I &lt;3 &quot;him&quot; it&#8217;s &#039;so&#039;&hellip;", `Kate & I <3 "him" it’s 'so'…`},
		{"&amp;amp; is shown as it is", "&amp; is shown as it is"},
		{"my <b>rash</b> is <em class='x'>better</em>", "my rash is better"},
		{"one<br>two<br />three", "one\ntwo\nthree"},
		{"<p>one</p><p>two</p>", "one\ntwo"},
		{"<ul><li>asthma</li><li>gout</li></ul>", "asthma\ngout"},
		{"<blockquote>you said</blockquote>I do not", "you said\nI do not"},
		{`see <a href="https://x.example/?a=1&b=2">this</a>`, "see this"},
		{"a<script>alert('x')</script>b<style>p{}</style>c", "abc"},
		{"a<script>never ended", "a"},
		{"a<!-- not shown -->b", "ab"},
		{"<textarea>shown</textarea>", "shown"},
		{"glucose 5 < 6 and > 4", "glucose 5 < 6 and > 4"},
		{"it is <my HIV test was positive", "it is <my HIV test was positive"},
		{"it is </my HIV test &amp; so on", "it is </my HIV test & so on"},
		{"half a tag <", "half a tag <"},
		{"half an entity &am", "half an entity &am"},
		{"broken </b></i></p> ends", "broken \n ends"},
		{"\u00a0kept\u00a0in\u00a0", "kept\u00a0in"},
		{"bad \xff\xfe bytes", "bad \xff\xfe bytes"},
		{"null \x00 byte", "null \x00 byte"},
		{"<P>UPPER</P>case<BR>", "UPPER\ncase"},
		{"<plaintext>and the rest </p>", "and the rest </p>"},
	} {
		if got := read(c.typed, true); got.text != c.text || got.media || got.cut {
			t.Errorf("%q reads %+v, want %q", c.typed, got, c.text)
		}
	}
	for _, c := range []struct{ shown, text string }{
		{"<p>one\ntwo<br />\nthree</p>\n<p>It&#8217;s <b>four</b> <i>five</i>, six</p>\n", "one two\nthree\nIt’s four five, six"},
		{"  <div>\n\t<p> a </p>\n </div> ", "a"},
		{"a <b> b</b>", "a b"},
	} {
		if got := read(c.shown, false).text; got != c.text {
			t.Errorf("%q reads %q, want %q", c.shown, got, c.text)
		}
	}
}

func TestPicturesAreNoticed(t *testing.T) {
	for source, want := range map[string]bool{
		`<img src="x.jpg" alt="my rash">`: true, `<IMG/>`: true, `<p><video></video>`: true, `<iframe src="x"></iframe>`: true,
		`no <b>image</b>`: false, `&lt;img&gt;`: false,
	} {
		if got := read(source, true).media; got != want {
			t.Errorf("%q: media %v", source, got)
		}
	}
}

// What is hostile costs time in proportion to its length, and no stack.
func TestHostileHTMLIsBounded(t *testing.T) {
	const most = maxHTML
	for name, source := range map[string]string{
		"deep":       strings.Repeat("<div>", most/5),
		"open":       strings.Repeat("<", most),
		"half tags":  strings.Repeat("<a ", most/3),
		"attributes": "<a " + strings.Repeat("b=c ", most/4) + ">x",
		"same":       "<a " + strings.Repeat("b='", most/3),
		"comments":   strings.Repeat("<!--", most/4),
		"scripts":    strings.Repeat("<script></scrip", most/15),
		"closing":    strings.Repeat("</", most/2),
		"entities":   strings.Repeat("&", most),
		"long":       strings.Repeat("&#x", most/3),
		"textareas":  strings.Repeat("<textarea></textare", most/19),
		"tables":     strings.Repeat("<table><tr><td>", most/15),
		"cdata":      strings.Repeat("<![CDATA[", most/9),
		"huge":       strings.Repeat("ü", 40<<20/2),
	} {
		began := time.Now()
		got := read(source, true)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(got.text) > most || got.cut != (len(source) > most) || !utf8.ValidString(got.text) {
			t.Errorf("%s: %d bytes, cut %v", name, len(got.text), got.cut)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"a<b>c", "<script>x", "&amp;<", "<!--", "<p>\n<br>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lines := range []bool{true, false} {
			_ = read(s, lines)
		}
		// What is written to be read as typed is read so.
		clean := strings.ToValidUTF8(strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), "\x00", ""), "")
		if got := read(escaper.Replace(clean), true).text; got != strings.TrimSpace(clean) {
			t.Errorf("%q comes back as %q", clean, got)
		}
	})
}

func TestWhatIsWrittenIsReadAsTyped(t *testing.T) {
	text := "Call us & ask: 5 < 6 > 4, <b>\"now\"</b> &amp; it's <3\n\n– Dr. Ruiz’s office"
	if got := read(escaper.Replace(text), true).text; got != text {
		t.Errorf("%q", got)
	}
	c := &Client{}
	if got := c.Capabilities().Length("ü<&"); got != 2+4+5 || c.Capabilities().Can(ingest.Private) {
		t.Errorf("length %d", got)
	}
}
