package chromium

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"io"
	"sync"

	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 of Deque (MPL-2.0), unchanged, as npm has it.
//
//go:embed axe-4.14.1.min.js.gz
var packed []byte

var axe = sync.OnceValues(func() (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	code, err := io.ReadAll(z)
	return string(code), err
})

// Axe fails the test for everything that axe-core finds within a part of the page,
// by its rules for WCAG 2.2 AA and its best practices; "html" is the whole page.
func (b *Tab) Axe(part string) {
	b.Helper()
	code, err := axe()
	if err != nil {
		b.Fatal(err)
	}
	b.Do("load axe", chromedp.Evaluate[chromedp.Void](code+";0"))
	type result struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    []struct{ HTML string }
		}
	}
	arg, _ := json.Marshal(part)
	r := Value[result](b, `axe.run(`+string(arg)+`, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
		({passes: r.passes.length, violations: r.violations.map(x => ({id: x.id, help: x.help, nodes: x.nodes.map(n => ({html: n.html}))}))}))`)
	if r.Passes < 10 {
		b.Errorf("axe looked at %d rules only", r.Passes)
	}
	for _, x := range r.Violations {
		b.Errorf("axe: %s: %s: %v", x.ID, x.Help, x.Nodes)
	}
	if len(r.Violations) > 0 {
		b.Shoot("axe")
	}
}
