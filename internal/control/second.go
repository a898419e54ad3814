package control

import (
	"context"
	"net/http"

	"triage/internal/audit"
	"triage/internal/people"
)

// Second asks for a user's second factor: a new app in place of the old one, or that
// there is none any more.
type Second struct {
	Name string `json:"name"`
	Off  bool   `json:"off,omitempty"`
}

// App is what a user's app and she herself get, once.
type App struct {
	Name string `json:"name"`
	// Address is for the app, the codes are for the drawer.
	Address string   `json:"address,omitempty"`
	Codes   []string `json:"codes,omitempty"`
}

func (c *control) setSecond(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Second](r)
	if err == nil {
		in.Name, err = named(in.Name)
	}
	if err != nil {
		return err
	}
	out, do := App{Name: in.Name}, "app-given"
	if in.Off {
		do = "second-factors-removed"
	}
	err = c.audited(r, who, audit.Act{Do: do, On: in.Name}, func(ctx context.Context) (err error) {
		if in.Off {
			return c.People.Reset(ctx, in.Name)
		}
		out.Address, out.Codes, err = c.People.GiveTOTP(ctx, c.Practice, in.Name)
		return err
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, out)
	return nil
}

func (c *control) sessions(w http.ResponseWriter, r *http.Request, _ caller) error {
	name, err := named(r.URL.Query().Get("name"))
	if err != nil {
		return err
	}
	if _, err := c.People.Get(r.Context(), name); err != nil {
		return err
	}
	all, err := c.Store.Sessions.Of(r.Context(), name)
	if err != nil {
		return err
	}
	if all == nil {
		all = []people.Session{}
	}
	answer(w, http.StatusOK, all)
	return nil
}

// Ended is how many sessions a command ended.
type Ended struct {
	Sessions int `json:"sessions"`
}

func (c *control) endSessions(w http.ResponseWriter, r *http.Request, who caller) error {
	u, err := readUser(r)
	if err != nil {
		return err
	}
	if _, err := c.People.Get(r.Context(), u.Name); err != nil {
		return err
	}
	var out Ended
	err = c.audited(r, who, audit.Act{Do: "sessions-ended", On: u.Name}, func(ctx context.Context) (err error) {
		out.Sessions, err = people.EndAll(ctx, c.Store.Sessions, u.Name, "")
		return err
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, out)
	return nil
}
