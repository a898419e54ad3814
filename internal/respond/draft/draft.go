// Package draft words replies. It knows the practice and its templates, and
// neither a comment nor a case: that a draft does not depend on what was said is
// a fact of what this package may import.
package draft

import (
	"cmp"
	"embed"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"text/template"

	"github.com/pelletier/go-toml/v2"

	"triage/internal/respond/gate"
)

// Channel is where a text is said.
type Channel string

// The channels.
const (
	Public  Channel = "public"
	InboxDM Channel = "private"
)

// Brief is all the drafter learns. There is no comment in it: that a draft
// does not depend on what was said is a fact of this type.
type Brief struct {
	Platform string
	Lang     string
	Lane     string
	Channel  Channel
	// Case picks the first variant, so that neighbouring cases differ.
	Case string
}

// Draft is one wording.
type Draft struct {
	Template string // its name, such as "facebook.en.clear.public"
	Variant  int
	Text     string
}

// Template is one reply in several wordings, shipped or the practice's own.
type Template struct {
	Lang string `toml:"lang"`
	// Platform is whom it is for; empty: every platform without its own.
	Platform string   `toml:"platform"`
	Lanes    []string `toml:"lanes"`
	Channel  Channel  `toml:"channel"`
	Variants []string `toml:"variants"`
}

//go:embed templates/*.toml
var templateFiles embed.FS

// draftLanes are the lanes that have a wording; look and take-down have none.
var draftLanes = []string{"urgent", "identifier", "someone-else", "clear", "possible", "routine"}

// Drafter words replies without knowing what they answer.
type Drafter struct {
	byName map[string][]Draft // the name is platform.lang.lane.channel
}

// NewDrafter fills in the shipped templates and the practice's own, which take
// the place of shipped ones for the same platform, language, lane and channel.
// Every wording must pass the gate without a comment and fit its platform;
// the error names the template, what is wrong and how to mend it.
func NewDrafter(p Practice, own []Template, g *gate.Gate) (*Drafter, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	shipped, err := shippedTemplates()
	if err != nil {
		return nil, err
	}
	d := &Drafter{byName: map[string][]Draft{}}
	for _, set := range [][]Template{shipped, own} {
		for i, t := range set {
			if err := d.add(t, p, g); err != nil {
				return nil, fmt.Errorf("template %d (%s): %w", i+1, t.name(), err)
			}
		}
	}
	return d, nil
}

func shippedTemplates() ([]Template, error) {
	var out []Template
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	for _, f := range files {
		text, err := templateFiles.ReadFile("templates/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("read templates: %w", err)
		}
		var file struct {
			Template []Template `toml:"template"`
		}
		if err := toml.Unmarshal(text, &file); err != nil {
			return nil, fmt.Errorf("read templates: %s: %w", f.Name(), err)
		}
		out = append(out, file.Template...)
	}
	return out, nil
}

func (t Template) name() string {
	return draftName(t.Platform, t.Lang, strings.Join(t.Lanes, "+"), t.Channel)
}

func draftName(platform, lang string, lane string, c Channel) string {
	return strings.Join([]string{cmp.Or(platform, "any"), lang, lane, string(c)}, ".")
}

// add checks a template and fills it in for each of its lanes.
func (d *Drafter) add(t Template, p Practice, g *gate.Gate) error {
	switch {
	case t.Channel != Public && t.Channel != InboxDM:
		return fmt.Errorf("channel is %q; write %q or %q", t.Channel, Public, InboxDM)
	case len(t.Variants) == 0:
		return fmt.Errorf("it has no variants; write at least one wording")
	case t.Lang == "":
		return fmt.Errorf("it has no lang; write lang = \"en\"")
	case len(t.Lanes) == 0:
		return fmt.Errorf("it has no lanes; write lanes = [\"clear\"] or others")
	}
	texts := make([]string, len(t.Variants))
	for i, v := range t.Variants {
		text, err := p.fill(v)
		if err == nil {
			err = checkDraft(t, text, p, g)
		}
		if err != nil {
			return fmt.Errorf("wording %d: %w", i+1, err)
		}
		texts[i] = text
	}
	for _, l := range t.Lanes {
		if !slices.Contains(draftLanes, l) {
			return fmt.Errorf("lane %q has no wording; use one of %v", l, draftLanes)
		}
		name := draftName(t.Platform, t.Lang, l, t.Channel)
		d.byName[name] = nil
		for i, text := range texts {
			d.byName[name] = append(d.byName[name], Draft{Template: name, Variant: i + 1, Text: text})
		}
	}
	return nil
}

// fill puts the practice's facts into a wording.
func (p Practice) fill(wording string) (string, error) {
	t, err := template.New("wording").Option("missingkey=error").Parse(wording)
	if err != nil {
		return "", fmt.Errorf("it cannot be read: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, p.facts()); err != nil {
		return "", fmt.Errorf("it has a placeholder that is not known: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// checkDraft puts a wording through the gate and measures it, on every
// platform it is for.
func checkDraft(t Template, text string, p Practice, g *gate.Gate) error {
	if ps := g.Check(gate.Outgoing{Text: text, Lang: t.Lang, Platform: t.Platform, Staff: p.GateOptions().Staff, Own: p.Own()}); len(ps) > 0 {
		return fmt.Errorf("the gate refuses it (%s): %s", ps[0].Rule, ps[0].Why)
	}
	for name, l := range limits {
		if t.Platform != "" && t.Platform != name || t.Platform == "" && name == "x" && t.Channel == Public {
			continue
		}
		if n := l.length(text); n > l.greatest(t.Channel) {
			return fmt.Errorf("it is %d long and %s takes %d; shorten it", n, name, l.greatest(t.Channel))
		}
		if l.noLinks && t.Channel == Public && (strings.Contains(text, "://") || strings.Contains(text, "www.")) {
			return fmt.Errorf("a public text on %s may hold no link; leave {{.Booking}} and {{.Portal}} out", name)
		}
	}
	return nil
}

// Drafts returns every wording for a brief, beginning with the one its case
// picks; none for a lane, platform and channel that have no wording. A
// platform or language without its own gets the general and the English one.
func (d *Drafter) Drafts(b Brief) []Draft {
	if l, ok := limits[b.Platform]; ok && b.Channel == InboxDM && l.private == 0 {
		return nil
	}
	lang, _, _ := strings.Cut(b.Lang, "-")
	for _, at := range [][2]string{{b.Platform, lang}, {"", lang}, {b.Platform, "en"}, {"", "en"}} {
		if found := d.byName[draftName(at[0], at[1], b.Lane, b.Channel)]; len(found) > 0 {
			return rotate(found, b.Case)
		}
	}
	return nil
}

// rotate returns the drafts beginning with the one that a case picks.
func rotate(ds []Draft, id string) []Draft {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	n := int(h.Sum32() % uint32(len(ds)))
	return append(slices.Clone(ds[n:]), ds[:n]...)
}
