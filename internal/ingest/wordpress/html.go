package wordpress

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"triage/internal/ingest"
)

// reading is what a visitor gets to read of a piece of HTML.
type reading struct {
	text string
	// media: a picture or the like is in it. cut: it was too long.
	media, cut bool
}

// maxHTML is how many bytes of one text are looked at: several times what is
// kept of it, for marks and entities take more room than what they say.
const maxHTML = 4 * ingest.MaxText

var (
	breaking = set("address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul")
	unshown  = set("script style")
	pictures = set("audio embed iframe img object picture svg video")
)

func set(names string) map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		out[name] = true
	}
	return out
}

// read turns HTML into text. With lines, the line breaks in it count, as in what
// was typed; without, only tags break lines, as in a page. Tags are taken one
// after the other and no tree is built, so their depth does not matter; what
// looks like a tag and does not end was typed.
func read(source string, lines bool) reading {
	var r reading
	if len(source) > maxHTML {
		end := maxHTML
		for end > 0 && !utf8.RuneStart(source[end]) {
			end--
		}
		source, r.cut = source[:end], true
	}
	w := writer{lines: lines}
	z := html.NewTokenizer(strings.NewReader(source))
	for hidden := ""; ; {
		kind := z.Next()
		if kind == html.TextToken && hidden == "" {
			w.text(string(z.Text()))
			continue
		}
		if kind == html.ErrorToken {
			w.text(html.UnescapeString(string(z.Raw())))
			r.text = strings.TrimSpace(w.String())
			return r
		}
		tag, _ := z.TagName()
		name := string(tag)
		switch {
		case kind == html.EndTagToken && name == hidden:
			hidden = ""
		case kind != html.EndTagToken && unshown[name]:
			hidden = name
		}
		r.media = r.media || pictures[name]
		if breaking[name] {
			w.newline(name == "br")
		}
	}
}

// writer writes text in lines.
type writer struct {
	strings.Builder
	lines bool
	begun bool // something stands on the line
	space bool // and a space behind it
}

func (w *writer) text(s string) {
	if w.lines && s != "" {
		w.WriteString(s)
		w.begun = !strings.HasSuffix(s, "\n")
		return
	}
	for _, r := range s {
		switch {
		case strings.ContainsRune(" \n\t\r\f", r): // what HTML takes for a space
			w.space = w.begun
			continue
		case w.space:
			w.WriteByte(' ')
		}
		w.WriteRune(r)
		w.begun, w.space = true, false
	}
}

// newline begins a line unless nothing stands on this one, or always.
func (w *writer) newline(always bool) {
	if w.begun || always {
		w.WriteByte('\n')
	}
	w.begun, w.space = false, false
}
