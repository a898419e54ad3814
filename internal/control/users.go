package control

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"triage/internal/audit"
	"triage/internal/people"
)

// User is a user as commands see one.
type User struct {
	Name     string      `json:"name"`
	Role     people.Role `json:"role,omitempty"`
	Disabled bool        `json:"disabled,omitempty"`
	// Second is what she signs in with beside a password: "app", "passkey"; empty:
	// nothing.
	Second []string `json:"second,omitempty"`
	// Invited: she may choose a password by a link that is still good.
	Invited bool `json:"invited,omitempty"`
}

// Login is what lets a user in: the password made for her, or a link by which she
// chooses one.
type Login struct {
	Name     string `json:"name"`
	Password string `json:"password,omitempty"`
	Link     string `json:"link,omitempty"`
	// Ends is when the link is over.
	Ends time.Time `json:"ends,omitzero"`
}

// NewUser asks for a user, and for a link in place of a password.
type NewUser struct {
	Name   string      `json:"name"`
	Role   people.Role `json:"role,omitempty"`
	Invite bool        `json:"invite,omitempty"`
}

func (c *control) users(w http.ResponseWriter, r *http.Request, _ caller) error {
	all, err := c.People.All(r.Context())
	if err != nil {
		return err
	}
	out := make([]User, 0, len(all))
	for _, u := range all {
		out = append(out, User{Name: u.Name, Role: u.Role, Disabled: u.Disabled, Second: second(u), Invited: c.People.Pending(u)})
	}
	slices.SortFunc(out, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
	answer(w, http.StatusOK, out)
	return nil
}

// second is what a user signs in with beside a password.
func second(u people.User) (out []string) {
	if u.TOTP.Secret != "" {
		out = append(out, people.ByApp)
	}
	if len(u.Passkeys) > 0 {
		out = append(out, people.ByPasskey)
	}
	return out
}

// named refuses what cannot be a name: nothing else gets into the audit.
func named(name string) (string, error) {
	name = normal(name)
	if err := people.CheckName(name); err != nil {
		return "", &refusal{http.StatusBadRequest, err.Error()}
	}
	return name, nil
}

func readUser(r *http.Request) (User, error) {
	u, err := read[User](r)
	if err == nil {
		u.Name, err = named(u.Name)
	}
	return u, err
}

func (c *control) addUser(w http.ResponseWriter, r *http.Request, who caller) error {
	u, err := read[NewUser](r)
	if err == nil {
		u.Name, err = named(u.Name)
	}
	if err != nil {
		return err
	}
	if !slices.Contains(people.Roles, u.Role) {
		return &refusal{http.StatusBadRequest, "--role wants viewer, reviewer, officer or admin"}
	}
	l := Login{Name: u.Name}
	err = c.audited(r, who, audit.Act{Do: "user-added", On: u.Name, Note: string(u.Role)}, func(ctx context.Context) error {
		if u.Invite {
			code, err := c.People.AddInvited(ctx, l.Name, u.Role)
			c.link(&l, code)
			return err
		}
		l.Password = people.NewPassword()
		return c.People.Add(ctx, l.Name, u.Role, l.Password)
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, l)
	return nil
}

// link makes the code of an invitation a link.
func (c *control) link(l *Login, code string) {
	l.Link, l.Ends = people.Link(c.Page, code), c.Now().Add(people.InvitationLife)
}

func (c *control) invite(w http.ResponseWriter, r *http.Request, who caller) error {
	u, err := readUser(r)
	if err != nil {
		return err
	}
	l := Login{Name: u.Name}
	err = c.audited(r, who, audit.Act{Do: "user-invited", On: u.Name}, func(ctx context.Context) error {
		code, err := c.People.Invite(ctx, u.Name)
		c.link(&l, code)
		return err
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
	l := Login{Name: u.Name, Password: people.NewPassword()}
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
