package control

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"triage/internal/audit"
	"triage/internal/people"
)

// User is a user as commands see one.
type User struct {
	Name     string      `json:"name"`
	Role     people.Role `json:"role,omitempty"`
	Disabled bool        `json:"disabled,omitempty"`
}

// Login is a name and the password made for it.
type Login struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

func (c *control) users(w http.ResponseWriter, r *http.Request, _ caller) error {
	all, err := c.People.All(r.Context())
	if err != nil {
		return err
	}
	out := make([]User, 0, len(all))
	for _, u := range all {
		out = append(out, User{u.Name, u.Role, u.Disabled})
	}
	slices.SortFunc(out, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
	answer(w, http.StatusOK, out)
	return nil
}

// readUser refuses what cannot be a name: nothing else gets into the audit.
func readUser(r *http.Request) (User, error) {
	u, err := read[User](r)
	if err != nil {
		return u, err
	}
	u.Name = normal(u.Name)
	if err := people.CheckName(u.Name); err != nil {
		return u, &refusal{http.StatusBadRequest, err.Error()}
	}
	return u, nil
}

func (c *control) addUser(w http.ResponseWriter, r *http.Request, who caller) error {
	u, err := readUser(r)
	if err != nil {
		return err
	}
	if !slices.Contains(people.Roles, u.Role) {
		return &refusal{http.StatusBadRequest, "--role wants viewer, reviewer, officer or admin"}
	}
	l := Login{u.Name, people.NewPassword()}
	err = c.audited(r, who, audit.Act{Do: "user-added", On: u.Name, Note: string(u.Role)}, func(ctx context.Context) error {
		return c.People.Add(ctx, l.Name, u.Role, l.Password)
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, l)
	return nil
}

func (c *control) setPassword(w http.ResponseWriter, r *http.Request, who caller) error {
	u, err := readUser(r)
	if err != nil {
		return err
	}
	l := Login{u.Name, people.NewPassword()}
	err = c.audited(r, who, audit.Act{Do: "password-set", On: u.Name}, func(ctx context.Context) error {
		return c.People.SetPassword(ctx, l.Name, l.Password)
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, l)
	return nil
}

func (c *control) disableUser(w http.ResponseWriter, r *http.Request, who caller) error {
	u, err := readUser(r)
	if err != nil {
		return err
	}
	do := "user-enabled"
	if u.Disabled {
		do = "user-disabled"
	}
	err = c.audited(r, who, audit.Act{Do: do, On: u.Name}, func(ctx context.Context) error {
		return c.People.SetDisabled(ctx, u.Name, u.Disabled)
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, u)
	return nil
}

// audited does something and writes it into the audit, before: what cannot be
// written down is not done. What then failed is written down too.
func (c *control) audited(r *http.Request, who caller, a audit.Act, do func(context.Context) error) error {
	a.By, a.OS, a.From = who.act.By, who.act.OS, who.act.From
	if err := c.Store.Audit.Append(r.Context(), a); err != nil {
		return err
	}
	err := do(r.Context())
	if err == nil {
		return nil
	}
	a.Do, a.Note = "not-done", a.Do
	return errors.Join(err, c.Store.Audit.Append(context.WithoutCancel(r.Context()), a))
}
