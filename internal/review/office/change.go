package office

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"triage/internal/audit"
	"triage/internal/review/page"
	"triage/internal/review/say"
	"triage/internal/settings"
)

// wanted is what somebody wants a setting to be.
type wanted struct {
	settings.Listed
	asked
	typed   url.Values
	value   string
	toFile  bool
	version uint64
	// second: it waits for a second person.
	second bool
	// problem is what is wrong with what was typed, in the reader's words.
	problem string
}

// want reads what somebody wants.
func (p *Pages) want(r *http.Request) (wanted, error) {
	if err := page.Form(r); err != nil {
		return wanted{}, err
	}
	l, ok := p.list()[r.PathValue("name")]
	if !ok || l.Unknown {
		return wanted{}, page.ErrNowhere
	}
	words := page.VisitOf(r).Words
	out := wanted{Listed: l, asked: ask(l), typed: r.PostForm, toFile: r.PostFormValue("file") != "", value: l.File}
	version, err := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return out, page.ErrForm
	}
	out.version = version
	if !out.toFile {
		value, problem := out.form.text(out.typed)
		if out.value = value; problem != "" {
			out.problem = words.Say(problem)
			return out, nil
		}
	}
	c, err := p.changeOf(r, out)
	if err != nil {
		return out, err
	}
	out.second, err = p.Settings.Second(c, out.toFile)
	switch {
	case errors.Is(err, settings.ErrAlone):
		out.problem = words.Say("This takes a second person, and nobody else here may change settings. Add another privacy officer or admin first.")
	case err != nil:
		out.problem = why(words, err)
	}
	return out, nil
}

// changeOf is what somebody wants, as the settings take it.
func (p *Pages) changeOf(r *http.Request, want wanted) (settings.Change, error) {
	others, err := p.others(r)
	return settings.Change{Name: want.Name, Value: want.value, By: page.VisitOf(r).User.Name, Version: want.version, Others: others}, err
}

// means says what holds once a change is made, and whether that takes somebody else.
func (want wanted) means(w *say.Words) string {
	effect := want.effect(w, want.value)
	if want.second {
		return w.Say("A second person has to confirm this; until then nothing is different. Then: %s", effect)
	}
	return effect
}

// why is what a setting's own check says, without what is around it.
func why(w *say.Words, err error) string {
	for {
		switch u := err.(type) { //nolint:errorlint // the chain is walked to its end
		case interface{ Unwrap() []error }:
			all := u.Unwrap()
			err = all[len(all)-1]
		case interface{ Unwrap() error }:
			err = u.Unwrap()
		default:
			return say.Capital(say.Sentence(w.Whole(err.Error()), ""))
		}
	}
}

// checked is what a page is told while somebody types.
type checked struct {
	Error  string `json:"error,omitempty"`
	Effect string `json:"effect,omitempty"`
	// Seen lets the form through without another page; empty: it asks once more.
	Seen string `json:"seen,omitempty"`
}

// CheckSetting says what a value would mean, or what is wrong with it.
func (p *Pages) CheckSetting(w http.ResponseWriter, r *http.Request) error {
	want, err := p.want(r)
	if err != nil {
		return err
	}
	if want.problem != "" {
		p.Answer(w, http.StatusOK, checked{Error: want.problem})
		return nil
	}
	out := checked{Effect: want.means(page.VisitOf(r).Words)}
	if !want.careful(want.value) {
		out.Seen = seen(want.value, want.toFile)
	}
	p.Answer(w, http.StatusOK, out)
	return nil
}

// ChangeSetting sets a setting, once its reader was told what that means.
func (p *Pages) ChangeSetting(w http.ResponseWriter, r *http.Request) error {
	want, err := p.want(r)
	if err != nil {
		return err
	}
	told := want.typed.Get("seen") == seen(want.value, want.toFile) && (want.typed.Get("sure") != "" || !want.careful(want.value))
	switch {
	case want.typed.Get("back") != "":
		return p.askAgain(w, r, want, http.StatusOK, "")
	case want.problem != "":
		return p.askAgain(w, r, want, http.StatusUnprocessableEntity, "")
	case want.version != want.Version:
		return p.overtaken(w, r, want)
	case want.same():
		return p.askAgain(w, r, want, http.StatusOK, page.VisitOf(r).Words.Say("It is so already. Nothing was changed."))
	case !told:
		return p.askSure(w, r, want)
	}
	return p.set(w, r, want)
}

// same reports whether nothing would be different.
func (want wanted) same() bool {
	return want.toFile && want.FromFile || !want.toFile && want.value == want.Value && want.Refused == ""
}

func (p *Pages) set(w http.ResponseWriter, r *http.Request, want wanted) error {
	c, err := p.changeOf(r, want)
	if err != nil {
		return err
	}
	apply, do := p.Settings.Set, "setting-changed"
	if want.toFile {
		apply = p.Settings.Reset
	}
	if want.second {
		do = "setting-proposed"
	}
	err = p.Recorded(r, audit.Act{Do: do, On: want.Name, Note: want.note()}, func(ctx context.Context) error { return apply(ctx, c) })
	switch {
	case errors.Is(err, settings.ErrConflict):
		return p.overtaken(w, r, want)
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/settings?changed="+url.QueryEscape(want.Name), http.StatusSeeOther)
	return nil
}

// mostNote is how long a note in the audit may be, in bytes.
const mostNote = 256

// note is what the audit says of a change.
func (want wanted) note() string {
	to := want.value
	if want.toFile {
		to = "from-file"
	}
	return short(want.Value + " to " + to)
}

func short(note string) string {
	if len(note) > mostNote {
		return "a long value: see its history in the settings"
	}
	return note
}

// askAgain shows the form with what was typed.
func (p *Pages) askAgain(w http.ResponseWriter, r *http.Request, want wanted, status int, notice string) error {
	typed := want.typed
	if want.toFile {
		typed = want.form.typed(want.Value)
	}
	now, err := p.setting(r, want.Listed, typed)
	if err != nil {
		return err
	}
	now.Trouble, now.Notice = want.problem, notice
	return p.Render(w, r, status, "setting", now)
}

// overtaken tells somebody who was slower what another did, and keeps what she typed.
func (p *Pages) overtaken(w http.ResponseWriter, r *http.Request, want wanted) error {
	now, ok := p.list()[want.Name]
	if !ok {
		return page.ErrNowhere
	}
	want.Listed = now
	words := page.VisitOf(r).Words
	notice := words.Say("Somebody changed this meanwhile. Nothing of yours was set, and what you chose is still here. Look at what it is now before you change it.")
	if c := now.Changed; c != nil {
		notice = words.Say("%s changed this meanwhile, %s: it is now “%s”. Nothing of yours was set, and what you chose is still here. Look again before you change it.",
			c.By, words.Clock(c.At, p.Now()), want.form.tell(words, now.Value))
	}
	return p.askAgain(w, r, want, http.StatusConflict, notice)
}

// askSure says what a change means, and asks whether it is meant.
func (p *Pages) askSure(w http.ResponseWriter, r *http.Request, want wanted) error {
	out, err := p.setting(r, want.Listed, want.typed)
	if err != nil {
		return err
	}
	words := page.VisitOf(r).Words
	out.Sure, out.Seen, out.ToFile = true, seen(want.value, want.toFile), want.toFile
	out.Effect = want.means(words)
	out.File = want.form.tell(words, want.value)
	for _, name := range slices.Sorted(maps.Keys(want.typed)) {
		if slices.Contains([]string{"version", "seen", "sure", "back", "file"}, name) {
			continue
		}
		for _, value := range want.typed[name] {
			out.Hold = append(out.Hold, held{name, value})
		}
	}
	return p.Render(w, r, http.StatusOK, "setting", out)
}
