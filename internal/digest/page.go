package digest

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
)

// page is what a letter says, before it is text or HTML.
type page struct {
	Lang, subject string
	// Title and Intro stand at the top, Foot at the end.
	Title, Intro string
	Sections     []section
	Foot         []string
	// Open is what a link is called.
	Open string
}

// section is a part under a heading; without lines it is left out.
type section struct {
	Head  string
	Lines []line
}

// line is one thing that is said.
type line struct {
	Text string
	// Link leads to a page of the desk; empty: nowhere.
	Link string
	// Loud: somebody is to do something now.
	Loud bool
}

func (p *page) add(head string, lines ...line) {
	if len(lines) > 0 {
		p.Sections = append(p.Sections, section{head, lines})
	}
}

// text is the letter without any form.
func (p *page) text() string {
	var b strings.Builder
	b.WriteString(p.Title + "\n" + p.Intro + "\n")
	for _, s := range p.Sections {
		b.WriteString("\n" + strings.ToUpper(s.Head) + "\n")
		for _, l := range s.Lines {
			b.WriteString("- " + l.Text + "\n")
			if l.Link != "" {
				b.WriteString("  " + l.Link + "\n")
			}
		}
	}
	b.WriteString("\n-- \n" + strings.Join(p.Foot, "\n") + "\n")
	return b.String()
}

//go:embed letter.html
var letterHTML string

var letter = template.Must(template.New("letter").Parse(letterHTML))

// html is the letter as a page that loads nothing. It sets no colours, so that it can be
// read on a dark background as on a light one.
func (p *page) html() string {
	var b bytes.Buffer
	if err := letter.Execute(&b, p); err != nil {
		return "" // it cannot fail on a buffer; the text says all
	}
	return b.String()
}
