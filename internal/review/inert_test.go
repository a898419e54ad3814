package review

import (
	"strings"
	"testing"

	"triage/internal/respond"
)

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
	if n := strings.Count(got.body, "\u0336"); n > 4 {
		t.Errorf("%d stacked marks", n)
	}
}
