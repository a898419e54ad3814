package office

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"triage/internal/people"
	"triage/internal/review/page"
	"triage/internal/review/say"
	"triage/internal/settings"
)

// settingsPage shows all settings.
type settingsPage struct {
	page.Frame
	// Done says what was just changed; empty: nothing was.
	Done   string
	Groups []shownGroup
}

type shownGroup struct {
	Title string
	Of    []shown
}

// shown is a setting in the reader's words.
type shown struct {
	Name, Label, About, Value, Whence string
	// Proposed says what waits for a second person; empty: nothing does. Mine: it is
	// her own proposal.
	Proposed string
	Mine     bool
	// Refused says what was set and is not in force.
	Refused string
	// Fixed: this release does not know it, so that it cannot be changed.
	Fixed   bool
	Version uint64
}

// ShowSettings shows what can be changed while the service runs, and what it is.
func (p *Pages) ShowSettings(w http.ResponseWriter, r *http.Request) error {
	v := page.VisitOf(r)
	out := settingsPage{Frame: p.Frame(r, v.Words.Say("Settings"))}
	all := p.list()
	for _, g := range table {
		s := shownGroup{Title: v.Words.Say(g.title)}
		for _, a := range g.of {
			if l, ok := all[a.name]; ok {
				s.Of = append(s.Of, p.shown(v, a, l))
				delete(all, a.name)
			}
		}
		if len(s.Of) > 0 {
			out.Groups = append(out.Groups, s)
		}
	}
	rest := shownGroup{Title: v.Words.Say("Others")}
	for _, l := range p.all() {
		if _, left := all[l.Name]; left {
			rest.Of = append(rest.Of, p.shown(v, ask(l), l))
		}
	}
	if len(rest.Of) > 0 {
		out.Groups = append(out.Groups, rest)
	}
	out.Done = p.done(v, r.URL.Query().Get("changed"))
	return p.Render(w, r, http.StatusOK, "settings", out)
}

// all is every setting.
func (p *Pages) all() []settings.Listed {
	if p.Settings == nil {
		return nil
	}
	return p.Settings.List()
}

// list is every setting by its name.
func (p *Pages) list() map[string]settings.Listed {
	out := map[string]settings.Listed{}
	for _, l := range p.all() {
		out[l.Name] = l
	}
	return out
}

// ask is how a setting appears, if the table has it or not.
func ask(l settings.Listed) asked {
	if a, ok := known(l.Name); ok {
		return a
	}
	effect := func(w *say.Words, value string) string {
		return w.Say("From now on it is: %s.", plain{}.tell(w, value))
	}
	return asked{name: l.Name, title: l.Name, about: l.About, form: plain{}, effect: effect, careful: never}
}

// done says what holds after a change of the setting of this name.
func (p *Pages) done(v page.Visit, name string) string {
	l, ok := p.list()[name]
	switch {
	case !ok || l.Unknown:
		return ""
	case l.Proposed == nil && l.Changed == nil:
		return ""
	case l.Proposed != nil:
		return v.Words.Say("This waits for a second person: somebody else who may change settings has to confirm it. Until then nothing is different.")
	}
	return ask(l).effect(v.Words, l.Value)
}

func (p *Pages) shown(v page.Visit, a asked, l settings.Listed) shown {
	w := v.Words
	s := shown{Name: l.Name, Label: w.Say(a.title), About: w.Whole(w.Say(a.about)), Value: a.form.tell(w, l.Value),
		Whence: p.whence(w, l), Fixed: l.Unknown, Version: l.Version}
	if q := l.Proposed; q != nil {
		s.Mine = q.By == v.User.Name
		to := q.Value
		if q.FromFile {
			to = l.File
		}
		s.Proposed = w.Say("%s proposed: %s (%s). It is in force once a second person confirms it.", q.By, a.form.tell(w, to), w.Clock(q.At, p.Now()))
	}
	if l.Refused != "" {
		s.Refused = w.Say("Somebody set it to “%s”, which this release does not take. What the configuration file says is in force.", l.Stored)
	}
	if l.Unknown {
		s.Value = w.Say("“%s” is stored, but this release has no such setting.", l.Stored)
	}
	return s
}

// whence says where a value comes from; empty: nobody changed it.
func (p *Pages) whence(w *say.Words, l settings.Listed) string {
	switch c := l.Changed; {
	case c == nil:
		return ""
	case c.ToFile:
		return w.Say("Given back to the configuration file by %s, %s", c.By, w.Clock(c.At, p.Now()))
	case c.Second != "":
		return w.Say("Changed by %s, confirmed by %s, %s", c.By, c.Second, w.Clock(c.At, p.Now()))
	default:
		return w.Say("Changed by %s, %s", c.By, w.Clock(c.At, p.Now()))
	}
}

// settingPage shows one setting, and asks for another value.
type settingPage struct {
	page.Frame
	shown
	Warn   string
	Fields []field
	// Trouble is about what was typed. Notice is about what happened meanwhile.
	Trouble, Notice string
	// Sure asks once more: Effect says what will hold, and Hold keeps what was typed.
	Sure   bool
	Effect string
	Hold   []held
	Seen   string
	ToFile bool
	// File is what the configuration file says, if something else is in force.
	File    string
	Changes []change
	// Confirms: she can confirm what another proposed.
	Confirms bool
}

// held is what somebody typed, kept from one page to the next.
type held struct{ Name, Value string }

// change is one of a setting's, in words.
type change struct{ When, Who, What string }

// ShowSetting shows one setting, and asks for another value.
func (p *Pages) ShowSetting(w http.ResponseWriter, r *http.Request) error {
	l, ok := p.list()[r.PathValue("name")]
	if !ok {
		return page.ErrNowhere
	}
	out, err := p.setting(r, l, ask(l).form.typed(l.Value))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "setting", out)
}

// setting is the page of a setting, with what is typed.
func (p *Pages) setting(r *http.Request, l settings.Listed, typed url.Values) (settingPage, error) {
	v := page.VisitOf(r)
	a := ask(l)
	out := settingPage{Frame: p.Frame(r, v.Words.Say(a.title)), shown: p.shown(v, a, l), Fields: a.form.fields(v.Words, typed)}
	if !l.FromFile {
		out.File = a.form.tell(v.Words, l.File)
	}
	out.Confirms = l.Proposed != nil && !out.Mine
	if l.Proposed != nil {
		to := l.Proposed.Value
		if l.Proposed.FromFile {
			to = l.File
		}
		out.Effect = a.effect(v.Words, to)
	}
	edits, err := p.Settings.History(l.Name)
	if errors.Is(err, settings.ErrUnknown) {
		err = nil // never changed, and gone
	}
	for _, e := range edits {
		out.Changes = append(out.Changes, p.change(v.Words, a, e))
	}
	return out, err
}

func (p *Pages) change(w *say.Words, a asked, e settings.Edit) change {
	out := change{When: w.Clock(e.At, p.Now()), Who: e.By, What: w.Say("from %s to %s", a.form.tell(w, e.From), a.form.tell(w, e.To))}
	if e.Second != "" {
		out.Who = w.Say("%s, confirmed by %s", e.By, e.Second)
	}
	if e.ToFile {
		out.What = w.Say("given back to the configuration file: %s", a.form.tell(w, e.To))
	}
	return out
}

// seen names a value, so that a page can show that its reader was told what it means.
func seen(value string, toFile bool) string {
	if toFile {
		value = "\x00file " + value
	}
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:8])
}

// mayConfirm reports whether a user can confirm changes here.
func mayConfirm(u people.User) bool { return !u.Disabled && u.Role.May(people.Configure) }
