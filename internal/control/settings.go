package control

import (
	"context"
	"net/http"

	"triage/internal/audit"
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
		return &refusal{http.StatusNotFound, "there is no setting of this name: see triage settings list"}
	}
	change, apply, to := settings.Change{Name: in.Name, Value: in.Value, By: who.act.By, Version: now[0].Version}, c.Store.Settings.Set, in.Value
	if in.Reset {
		apply, to = c.Store.Settings.Reset, "from-file"
	} else if err := c.Store.Settings.Check(in.Name, in.Value); err != nil {
		return err // before it is audited: what is typed may be anything
	}
	note := now[0].Value + " to " + to
	if len(note) > mostNote {
		note = "a long value: see triage settings list --history"
	}
	err = c.audited(r, who, audit.Act{Do: "setting-changed", On: in.Name, Note: note}, func(ctx context.Context) error {
		return apply(ctx, change)
	})
	if err != nil {
		return err
	}
	if now, err = c.listed(in.Name); err != nil {
		return err
	}
	answer(w, http.StatusOK, now[0])
	return nil
}
