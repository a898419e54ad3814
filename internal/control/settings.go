package control

import (
	"context"
	"errors"
	"net/http"

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/settings"
)

// Setting is a setting with its history, newest change first.
type Setting struct {
	settings.Listed
	History []settings.Edit `json:"history"`
}

// Change is what somebody wants of a setting.
type Change struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	// Reset goes back to the configuration file's value.
	Reset bool `json:"reset,omitempty"`
}

func (c *control) settings(w http.ResponseWriter, _ *http.Request, _ caller) error {
	all, err := c.listed("")
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, all)
	return nil
}

// listed are the settings of this name; an empty one stands for all.
func (c *control) listed(name string) ([]Setting, error) {
	out := []Setting{}
	for _, l := range c.Store.Settings.List() {
		if name != "" && name != l.Name {
			continue
		}
		history, err := c.Store.Settings.History(l.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, Setting{l, history})
	}
	return out, nil
}

// mostNote is how long a note in the audit may be.
const mostNote = 256

var errNoSetting = &refusal{http.StatusNotFound, "there is no setting of this name: see triage settings list"}

// set changes a setting as it is now: who gives a command sees the old value in
// its history.
func (c *control) set(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Change](r)
	if err != nil {
		return err
	}
	now, err := c.listed(in.Name)
	if err != nil {
		return err
	}
	if len(now) == 0 || in.Name == "" {
		return errNoSetting
	}
	change, apply, to := c.change(now[0], who), c.Store.Settings.Set, in.Value
	change.Value = in.Value
	if change.Others, err = c.others(r.Context(), who); err != nil {
		return err
	}
	second, err := c.Store.Settings.Second(change, in.Reset)
	if err != nil {
		return inTwo(err) // before it is audited: what is typed may be anything
	}
	if in.Reset {
		apply, to = c.Store.Settings.Reset, "from-file"
	}
	a := audit.Act{Do: "setting-changed", On: in.Name, Note: short(now[0].Value + " to " + to)}
	if second {
		a.Do = "setting-proposed"
	}
	return c.apply(w, r, ordered{who, a, func(ctx context.Context) error { return apply(ctx, change) }})
}

// change is one of a setting as it is listed now.
func (c *control) change(now Setting, who caller) settings.Change {
	return settings.Change{Name: now.Name, By: who.act.By, Version: now.Version}
}

// others is how many people beside the caller may change settings.
func (c *control) others(ctx context.Context, who caller) (n int, err error) {
	all, err := c.People.All(ctx)
	for _, u := range all {
		if u.Name != who.act.By && !u.Disabled && u.Role.May(people.Configure) {
			n++
		}
	}
	return n, err
}

func short(note string) string {
	if len(note) > mostNote {
		return "a long value: see triage settings list --history"
	}
	return note
}

// ordered is something that somebody wants done, and audited.
type ordered struct {
	who caller
	act audit.Act
	do  func(context.Context) error
}

// apply changes a setting, audited, and answers how it is then.
func (c *control) apply(w http.ResponseWriter, r *http.Request, o ordered) error {
	if err := c.audited(r, o.who, o.act, o.do); err != nil {
		return inTwo(err)
	}
	now, err := c.listed(o.act.On)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, now[0])
	return nil
}

// confirmSetting puts in force what somebody else proposed, and withdrawSetting takes
// a proposal back.
func (c *control) confirmSetting(w http.ResponseWriter, r *http.Request, who caller) error {
	return c.settle(w, r, settling{who, confirmed, c.Store.Settings.Confirm})
}

func (c *control) withdrawSetting(w http.ResponseWriter, r *http.Request, who caller) error {
	return c.settle(w, r, settling{who, "setting-withdrawn", c.Store.Settings.Withdraw})
}

const confirmed = "setting-confirmed"

// settling is what becomes of a proposal.
type settling struct {
	who  caller
	code string
	do   func(context.Context, settings.Change) error
}

func (c *control) settle(w http.ResponseWriter, r *http.Request, s settling) error {
	in, err := read[Change](r)
	if err != nil {
		return err
	}
	now, err := c.listed(in.Name)
	switch {
	case err != nil:
		return err
	case len(now) == 0 || in.Name == "":
		return errNoSetting
	case now[0].Proposed == nil:
		return inTwo(settings.ErrNothingProposed)
	case s.code == confirmed && now[0].Proposed.By == s.who.act.By:
		return inTwo(settings.ErrSame)
	}
	p := now[0].Proposed
	to := p.Value
	if p.FromFile {
		to = "from-file"
	}
	a := audit.Act{Do: s.code, On: in.Name, Note: short("proposed by " + p.By + ": " + to)}
	return c.apply(w, r, ordered{s.who, a, func(ctx context.Context) error { return s.do(ctx, c.change(now[0], s.who)) }})
}

// inTwo says what it means that a change takes two.
func inTwo(err error) error {
	for _, is := range []error{settings.ErrAlone, settings.ErrSame, settings.ErrNothingProposed} {
		if errors.Is(err, is) {
			return &refusal{http.StatusConflict, is.Error()}
		}
	}
	return err
}
