package review

import (
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/classify"
	"triage/internal/respond"
)

// flat writes pieces as text: marks in (), signs in {}.
func flat(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		s := p.Text
		if p.Sign {
			s = "{" + s + "}"
		}
		if len(p.Why) > 0 {
			s = "(" + s + ")"
		}
		b.WriteString(s)
	}
	return b.String()
}

func TestInert(t *testing.T) {
	why := func(at ...int) (out []classify.Reason) {
		for i := 0; i < len(at); i += 2 {
			out = append(out, classify.Reason{Start: at[i], End: at[i+1]})
		}
		return out
	}
	for _, tt := range []struct {
		name, text string
		reasons    []classify.Reason
		want       string
	}{
		{"plain", "my knee\nhurts", nil, "my knee\nhurts"},
		{"marked", "my knee hurts", why(3, 7), "my (knee) hurts"},
		{"overlapping", "abcdef", why(1, 4, 2, 6), "a(b)(cd)(ef)"},
		{"outside", "abc", why(-5, 1, 2, 99, 7, 9, 2, 1), "(a)b(c)"},
		{"inside a character", "é!", why(1, 3), "é(!)"},
		{"turned around", "a\u202egnp.exe\u202c", nil, "a{[right-to-left forced]}gnp.exe{[end of direction]}"},
		{"isolates", "\u2066x\u2069\u200f", nil, "{[left-to-right]}x{[end of direction]}{[right-to-left]}"},
		{"invisible", "a\u200bb\x00c\ufeff", nil, "a{[U+200B]}b{[U+0000]}c{[U+FEFF]}"},
		{"emoji and joiners", "👩‍⚕️ می‌خواهم", nil, "👩‍⚕️ می‌خواهم"},
		{"stacked", "a" + strings.Repeat("\u0301", 500) + "b", nil, "a" + strings.Repeat("\u0301", mostStacked) + "b"},
		{"broken", "a\xffb", nil, "a\ufffdb"},
	} {
		got, cut := inert(tt.text, tt.reasons)
		if s := flat(got); s != tt.want || cut {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

func TestInertIsBounded(t *testing.T) {
	reasons := make([]classify.Reason, 5000)
	for i := range reasons {
		reasons[i] = classify.Reason{Start: 0, End: 10 << 20}
	}
	got, cut := inert(strings.Repeat("ß", 5<<20), reasons)
	if n := utf8.RuneCountInString(flat(got)); !cut || n > mostCharacters+2 || len(got[0].Why) != mostReasons {
		t.Errorf("%d characters, cut %v", n, cut)
	}
}

func FuzzInert(f *testing.F) {
	f.Add("my knee \u202e hurts", 3, 7)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		got, _ := inert(text, []classify.Reason{{Start: start, End: end}})
		for _, r := range flat(got) {
			if signFor(r) != "" {
				t.Errorf("%q holds %U", text, r)
			}
		}
	})
}

func TestAHostileCommentIsInert(t *testing.T) {
	w := newWorld(t)
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a></div></bdi></main>` +
		"\u202e" + `{{.User}} "' ` + "z" + strings.Repeat("\u0336\u035b", 3000)
	c := w.add(t, "c1", respond.LaneClear, evil+strings.Repeat("long ", 2<<20),
		func(c *respond.Case) { c.Judgement.Reasons = nil })
	content := w.texts.texts[c.Comment.Key()]
	content.Author, content.Title, content.Link = `"><script>alert(4)</script>`+"\u202e", "\u2067</p><b>", "javascript:alert(5)"
	w.texts.texts[c.Comment.Key()] = content
	b := w.as(t, "rita")
	b.post("/cases/c1/reveal")
	got := b.get("/cases/c1")
	got.see(t, 200, "&lt;script&gt;alert(1)&lt;/script&gt;", "[right-to-left forced]", "Only the first 20,000 characters are shown", `dir="auto"`, "<bdi>")
	got.lacks(t, "<script>", "<img", "onerror=alert(2)>", `href="javascript`, "javascript:alert(5)", "\u202e", "\u2067", "</p><b>")
	if strings.Count(got.body, "<script") != 1 || len(got.body) > 400<<10 {
		t.Errorf("%d scripts, %d bytes", strings.Count(got.body, "<script"), len(got.body))
	}
	if n := strings.Count(got.body, "\u0336"); n > mostStacked {
		t.Errorf("%d stacked marks", n)
	}
}
