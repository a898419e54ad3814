package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/respond"
)

func (s *service) loginFile() string { return filepath.Join(s.cfg.Data.Dir, "first-login") }

// firstLogin makes the first user, if there is none, and leaves in a file that only
// the service's user can read what lets her in: a link, or in the demo name and
// password. It returns that as long as it is good for something.
func (s *service) firstLogin(ctx context.Context, st *opened, folk *people.People) (string, error) {
	write := func(secret string) (string, error) {
		if err := st.Audit.Append(ctx, audit.Act{By: respond.Machine, From: "service", Do: "user-added", On: s.user, Note: string(people.Admin)}); err != nil {
			return "", err
		}
		return s.keepLogin(secret)
	}
	if err := folk.First(ctx, s.user, people.Keep{Invite: s.invite, Write: write, Drop: s.dropLogin}); err != nil {
		return "", err
	}
	kept, invited, err := s.readLogin()
	if err != nil || kept == "" {
		return "", err
	}
	if !invited { // the demo's, or one that an earlier release left
		return s.user + " " + kept, nil
	}
	if kept, err = s.stillFirst(ctx, folk, kept); err != nil || kept == "" {
		return "", errors.Join(err, s.dropLogin())
	}
	return s.user + " " + people.Link(s.cfg.Review.URL, kept), s.writeLogin(kept)
}

// stillFirst is the code by which the first user can come in: that which is kept, or
// another one if its day is over and she never came; empty: she came in.
func (s *service) stillFirst(ctx context.Context, folk *people.People, code string) (string, error) {
	good, err := folk.Invited(ctx, s.user, code)
	if err != nil || good {
		return code, err
	}
	u, err := folk.Get(ctx, s.user)
	if errors.Is(err, people.ErrNotFound) || err == nil && (u.Hash != "" || u.Subject != "" || u.Second() || u.Disabled || folk.Pending(u)) {
		return "", nil // she came in, or will by another link
	}
	if err != nil {
		return "", err
	}
	return folk.Invite(ctx, s.user)
}

// keepLogin puts what lets the first user in into its file, whole or not at all, and
// returns it; if the file is there, what it says.
func (s *service) keepLogin(secret string) (kept string, err error) {
	made, err := s.draftLogin(secret)
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(made) }()
	if err := os.Link(made, s.loginFile()); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	kept, invited, err := s.readLogin()
	if err == nil && s.invite && !invited { // an earlier release's, whose start came to nothing
		return secret, s.writeLogin(secret)
	}
	return kept, errors.Join(err, syncDir(s.cfg.Data.Dir))
}

// writeLogin writes the file anew: the page's address may be another one by now.
func (s *service) writeLogin(secret string) error {
	made, err := s.draftLogin(secret)
	if err != nil {
		return err
	}
	return errors.Join(os.Rename(made, s.loginFile()), syncDir(s.cfg.Data.Dir))
}

// draftLogin writes a file beside it.
func (s *service) draftLogin(secret string) (path string, err error) {
	f, err := os.CreateTemp(s.cfg.Data.Dir, "first-login-*")
	if err != nil {
		return "", err
	}
	if s.invite {
		secret = people.Link(s.cfg.Review.URL, secret)
	}
	_, err = f.WriteString(s.user + " " + secret + "\n")
	return f.Name(), errors.Join(err, f.Sync(), f.Close())
}

// readLogin is what the file holds: a password, or the code of an invitation; empty:
// there is none.
func (s *service) readLogin() (kept string, invited bool, err error) {
	raw, err := os.ReadFile(s.loginFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	kept, ok := strings.CutPrefix(strings.TrimSpace(string(raw)), s.user+" ")
	if !ok {
		return "", false, fmt.Errorf("%s holds no login of %s: delete it and start again", s.loginFile(), s.user)
	}
	if _, code, ok := strings.Cut(kept, "#"); ok {
		return code, true, nil
	}
	return kept, false, nil
}

func (s *service) dropLogin() error {
	if err := os.Remove(s.loginFile()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
