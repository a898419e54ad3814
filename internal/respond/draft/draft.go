// Package draft words replies. It knows the practice and its templates, and
// neither a comment nor a case: that a draft does not depend on what was said is
// a fact of what this package may import.
package draft

import (
	"cmp"
	"embed"
	"fmt"
	"hash/fnv"
	"maps"
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

// urgent is the lane of those who may need help now.
const urgent = "urgent"

// draftLanes are the lanes that have a wording; look and take-down have none.
var draftLanes = []string{urgent, "identifier", "someone-else", "clear", "possible", "routine"}

// Drafter words replies without knowing what they answer.
type Drafter struct {
	// byName has the wordings by platform.lang.lane.channel, and for each platform
	// they are for: what is said of the ways to the practice depends on it.
	byName map[string]map[string][]Draft
	ways   map[string]phrases // by language
	// answers are the languages in which staff can go on.
	answers []string
}

// NewDrafter fills in the shipped templates and the practice's own, which take
// the place of shipped ones for the same platform, language, lane and channel.
// Every wording must pass the gate without a comment and fit its platform;
// the error names the template, what is wrong and how to mend it.
func NewDrafter(p Practice, own []Template, g *gate.Gate) (*Drafter, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	shipped, ways, err := shippedTemplates()
	if err != nil {
		return nil, err
	}
	d := &Drafter{byName: map[string]map[string][]Draft{}, ways: ways, answers: p.answers()}
	for _, set := range [][]Template{shipped, own} {
		for i, t := range set {
			if err := d.add(t, p, g); err != nil {
				return nil, fmt.Errorf("template %d (%s): %w", i+1, t.name(), err)
			}
		}
	}
	return d, nil
}

func shippedTemplates() ([]Template, map[string]phrases, error) {
	var out []Template
	ways := map[string]phrases{}
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, nil, fmt.Errorf("read templates: %w", err)
	}
	for _, f := range files {
		text, err := templateFiles.ReadFile("templates/" + f.Name())
		if err != nil {
			return nil, nil, fmt.Errorf("read templates: %w", err)
		}
		var file struct {
			Ways     map[string]phrases `toml:"ways"`
			Template []Template         `toml:"template"`
		}
		if err := toml.Unmarshal(text, &file); err != nil {
			return nil, nil, fmt.Errorf("read templates: %s: %w", f.Name(), err)
		}
		out = append(out, file.Template...)
		maps.Copy(ways, file.Ways)
	}
	return out, ways, nil
}

func (t Template) name() string {
	return draftName(t.Platform, t.Lang, strings.Join(t.Lanes, "+"), t.Channel)
}

func draftName(platform, lang string, lane string, c Channel) string {
	return strings.Join([]string{cmp.Or(platform, "any"), lang, lane, string(c)}, ".")
}

// add checks a template and fills it in, for each of its platforms and lanes.
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
	byPlatform := map[string][]string{}
	for _, platform := range t.platforms() {
		texts, err := d.texts(t, platform, p, g)
		if err != nil {
			return err
		}
		byPlatform[platform] = texts
	}
	for _, l := range t.Lanes {
		if !slices.Contains(draftLanes, l) {
			return fmt.Errorf("lane %q has no wording; use one of %v", l, draftLanes)
		}
		d.keep(draftName(t.Platform, t.Lang, l, t.Channel), byPlatform)
	}
	return nil
}

func (d *Drafter) keep(name string, byPlatform map[string][]string) {
	d.byName[name] = map[string][]Draft{}
	for platform, texts := range byPlatform {
		for i, text := range texts {
			d.byName[name][platform] = append(d.byName[name][platform], Draft{Template: name, Variant: i + 1, Text: text})
		}
	}
}

// platforms are those that a template is filled in for; "" is any that we have
// no limits of.
func (t Template) platforms() []string {
	if t.Platform != "" {
		return []string{t.Platform}
	}
	return append([]string{""}, slices.Sorted(maps.Keys(limits))...)
}

// texts are a template's wordings on a platform, each checked. A general one may
// not fit where little fits; then the platform does without it.
func (d *Drafter) texts(t Template, platform string, p Practice, g *gate.Gate) ([]string, error) {
	facts, l := p.facts(), limits[platform]
	if ways, known := d.ways[t.Lang]; known {
		facts["Ways"] = ways.say(p, l, t.Channel)
	}
	var out []string
	for i, v := range t.Variants {
		text, err := fill(v, facts)
		if err == nil {
			err = checkDraft(t, text, p, g)
		}
		if err == nil {
			if err = l.takes(platform, t.Channel, text); err != nil && t.Platform == "" && l.terse {
				continue
			}
		}
		if err != nil {
			return nil, fmt.Errorf("wording %d: %w", i+1, err)
		}
		out = append(out, text)
	}
	return out, nil
}

// fill puts facts into a wording.
func fill(wording string, facts map[string]string) (string, error) {
	t, err := template.New("wording").Option("missingkey=error").Parse(wording)
	if err != nil {
		return "", fmt.Errorf("it cannot be read: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, facts); err != nil {
		return "", fmt.Errorf("it has a placeholder that is not known: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// checkDraft puts a wording through the gate.
func checkDraft(t Template, text string, p Practice, g *gate.Gate) error {
	if ps := g.Check(gate.Outgoing{Text: text, Lang: t.Lang, Platform: t.Platform, Staff: p.GateOptions().Staff, Own: p.Own()}); len(ps) > 0 {
		return fmt.Errorf("the gate refuses it (%s): %s", ps[0].Rule, ps[0].Why)
	}
	return nil
}

// Drafts returns every wording for a brief, beginning with the one its case
// picks; none for a lane, platform and channel that have no wording. A
// platform or language without its own gets the general and the English one, and
// so does a language in which staff cannot go on; but where somebody may need
// help now, a text in her own language is better.
func (d *Drafter) Drafts(b Brief) []Draft {
	if l, ok := limits[b.Platform]; ok && b.Channel == InboxDM && l.private == 0 {
		return nil
	}
	lang, _, _ := strings.Cut(b.Lang, "-")
	if b.Lane != urgent && !slices.Contains(d.answers, lang) {
		lang = d.answers[0]
	}
	for _, at := range [][2]string{{b.Platform, lang}, {"", lang}, {b.Platform, "en"}, {"", "en"}} {
		all := d.byName[draftName(at[0], at[1], b.Lane, b.Channel)]
		found, known := all[b.Platform]
		if !known {
			found = all[""]
		}
		if len(found) > 0 {
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
