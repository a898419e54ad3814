package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// scanned runs scan and returns what it wrote and its exit code.
func scanned(t *testing.T, stdin io.Reader, args ...string) (out string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	err := run(t.Context(), append([]string{"scan"}, args...), stdin, &stdout, &stderr)
	if t.Failed() || testing.Verbose() {
		t.Log(stderr.String())
	}
	return stdout.String(), exitCode(err)
}

// reportOf is the report on these files, checked for what holds of every one.
func reportOf(t *testing.T, wantCode int, args ...string) (string, element) {
	t.Helper()
	out, code := scanned(t, nil, append([]string{"--format", "html"}, args...)...)
	if code != wantCode {
		t.Fatalf("exit code %d, want %d", code, wantCode)
	}
	return out, htmlOf(t, out)
}

// element is one of the page, with those in it.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Inner   string     `xml:",innerxml"`
	Within  []element  `xml:",any"`
}

// htmlOf reads a page, which must be well formed and dead: nothing in it loads,
// runs or sends anything.
func htmlOf(t *testing.T, page string) element {
	t.Helper()
	var root element
	if err := xml.Unmarshal([]byte(page), &root); err != nil {
		t.Fatalf("the page is not well formed: %v", err)
	}
	if strings.Contains(page, "url(") || strings.Contains(page, "@import") {
		t.Error("the style loads something")
	}
	if h := root.all("h1"); len(h) != 1 || len(root.all("main")) != 1 || root.attr("lang") != "en" {
		t.Errorf("%d h1, %d main, language %q", len(h), len(root.all("main")), root.attr("lang"))
	}
	ids := map[string]bool{}
	for _, e := range root.all("") {
		inert(t, e)
		ids[e.attr("id")] = true
	}
	for _, e := range root.all("") {
		if to := e.attr("href") + e.attr("aria-labelledby"); to != "" && !ids[strings.TrimPrefix(to, "#")] {
			t.Errorf("<%s> refers to %q, which is not there", e.XMLName.Local, to)
		}
	}
	for _, table := range root.all("table") {
		if len(table.all("caption")) != 1 || table.all("caption")[0].said() == "" {
			t.Errorf("a table without a caption: %s", table.said())
		}
	}
	return root
}

var livePart = regexp.MustCompile(`^(script|iframe|img|object|embed|form|input|button|base|link|video|audio|foreignObject|use|image)$`)

func inert(t *testing.T, e element) {
	t.Helper()
	if livePart.MatchString(e.XMLName.Local) {
		t.Errorf("the page has a <%s>", e.XMLName.Local)
	}
	for _, a := range e.Attrs {
		href := a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#")
		if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "src" || a.Name.Local == "style" || strings.Contains(a.Value, "//") || href {
			t.Errorf("<%s %s=%q>", e.XMLName.Local, a.Name.Local, a.Value)
		}
	}
}

// all are the elements of a name within e, of any name if it is empty.
func (e element) all(name string) []element {
	var out []element
	for _, k := range e.Within {
		if name == "" || k.XMLName.Local == name {
			out = append(out, k)
		}
		out = append(out, k.all(name)...)
	}
	return out
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

var tagOrStyle = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

// said is the text in e.
func (e element) said() string {
	return strings.Join(strings.Fields(html.UnescapeString(tagOrStyle.ReplaceAllString(e.Inner, " "))), " ")
}

// table is the table of a caption, as rows of the cells' text under the name of
// the row and the column.
func (e element) table(t *testing.T, caption string) map[string]map[string]string {
	t.Helper()
	for _, table := range e.all("table") {
		if !strings.HasPrefix(table.all("caption")[0].said(), caption) {
			continue
		}
		head := table.all("thead")[0].all("th")
		rows := map[string]map[string]string{}
		for _, tr := range table.all("tbody")[0].all("tr") {
			row := map[string]string{}
			for i, td := range tr.all("td") {
				column := head[i+1].said()
				row[column] = strings.TrimSpace(strings.TrimPrefix(td.said(), column))
			}
			rows[tr.all("th")[0].said()] = row
		}
		return rows
	}
	t.Fatalf("there is no table %q", caption)
	return nil
}

// TestBrowserOnTheReport looks whether a phone has to scroll sideways, and
// whether the page is content with its own policy.
func TestBrowserOnTheReport(t *testing.T) {
	page, _ := reportOf(t, 1, textFile(t, "2024.jsonl", history))
	tab := chromium.New(t)
	for _, width := range []int64{320, 375, 800, 1100} {
		tab.Do("size", chromedp.EmulateViewport(width, 800))
		htmlAt(tab, "file://"+textFile(t, "report.html", page))
		tab.Until("it fits", fmt.Sprintf("document.readyState == 'complete' && document.documentElement.scrollWidth <= %d", width))
	}
	tab.Until("the style holds", `getComputedStyle(document.querySelector(".masked")).whiteSpace.startsWith("pre-wrap")`)
	tab.Shoot("scan-report")
}
