// Package people knows who may use the desk: users, their roles, and how they
// sign in. It knows no pages and no cases; where users are kept is somebody
// else's Store.
package people

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Errors that callers tell apart.
var (
	// ErrNotFound: there is no such user.
	ErrNotFound = errors.New("no such user")
	// ErrExists: there is a user of this name already.
	ErrExists = errors.New("there is a user of this name already")
	// ErrConflict: the user is not as she was read any more.
	ErrConflict = errors.New("somebody changed this user meanwhile: try again")
	// ErrDenied: name and password do not open anything. It does not say which
	// of the two is wrong.
	ErrDenied = errors.New("name or password is wrong")
	// ErrSlow: too many attempts with this name from this place; another place
	// is not affected.
	ErrSlow = errors.New("too many attempts")
	// ErrCode: the code of the app is wrong, over or used, or it is none of the
	// recovery codes that are left.
	ErrCode = errors.New("the code is wrong or was used already")
	// ErrInvitation: there is no such invitation, or it was used, or its day is over.
	ErrInvitation = errors.New("this invitation does not exist, was used already, or is older than a day")
	// ErrLast: it is the last second factor of somebody who needs one.
	ErrLast = errors.New("the last second step of a sign-in that needs one cannot be removed")
)

// RefusedError says why something that somebody chose cannot be, in a sentence for
// her. It never repeats what she typed.
type RefusedError struct{ Why string }

// Error implements error.
func (e *RefusedError) Error() string { return e.Why }

// Role is what somebody is at the practice.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"
	Reviewer Role = "reviewer"
	Officer  Role = "privacy officer"
	Admin    Role = "admin"
	// Operator is whoever the operating system lets at the service's files and
	// names no user: no role that a user can have.
	Operator Role = "operator"
)

// Roles lists all roles, the one that may least first.
var Roles = []Role{Viewer, Reviewer, Officer, Admin}

// Permission is one thing that a role may or may not do.
type Permission string

// The permissions.
const (
	See      Permission = "see queue"
	Reveal   Permission = "reveal"
	Decide   Permission = "decide"
	Override Permission = "override"
	Manage   Permission = "manage users"
	// Erase removes what somebody wrote, for good.
	Erase Permission = "erase"
	// Inspect reads the audit.
	Inspect Permission = "inspect the audit"
	// Configure changes settings while the service runs.
	Configure Permission = "change settings"
	// Maintain makes backups.
	Maintain Permission = "back up"
	// Connect lets the service into accounts on platforms.
	Connect Permission = "connect accounts"
)

// may is who may what. What is not here is forbidden.
var may = map[Role][]Permission{
	Viewer:   {See},
	Reviewer: {See, Reveal, Decide},
	Officer:  {See, Reveal, Decide, Override, Erase, Inspect, Configure},
	Admin:    {See, Reveal, Decide, Override, Erase, Inspect, Configure, Manage, Maintain, Connect},
	Operator: {Manage, Maintain, Inspect, Connect},
}

// May reports whether the role has the permission. An unknown role has none.
func (r Role) May(p Permission) bool { return slices.Contains(may[r], p) }

// ParseRole reads a role by its name; "officer" is the privacy officer.
func ParseRole(s string) (Role, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "officer" {
		return Officer, true
	}
	return Role(s), slices.Contains(Roles, Role(s))
}

// User is one person who signs in; accounts are never shared.
type User struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Hash is the password's, argon2id in the PHC format; empty: she has none yet.
	Hash     string    `json:"hash"`
	Disabled bool      `json:"disabled,omitempty"`
	Created  time.Time `json:"created"`
	// In is when she last signed in; zero: never yet.
	In time.Time `json:"in,omitzero"`
	// Era counts how often an admin took her second factors away or shut her out, which
	// ends her sessions.
	Era int `json:"era,omitempty"`
	// TOTP is her app's; its zero value: she has none.
	TOTP TOTP `json:"totp,omitzero"`
	// Recovery are the codes for the day on which her telephone is lost.
	Recovery Recovery `json:"recovery,omitzero"`
	// Passkeys sign her in by themselves.
	Passkeys []Passkey `json:"passkeys,omitempty"`
	// Handle is the random name by which her passkeys know her.
	Handle []byte `json:"handle,omitempty"`
	// Invitation lets her choose a password without the old one.
	Invitation Invitation `json:"invitation,omitzero"`
	// Subject is the hash of who she is at the practice's provider of identities,
	// from the first time that she came that way; empty: she never did.
	Subject string `json:"subject,omitempty"`
	// Revision is the store's, for compare-and-set.
	Revision uint64 `json:"-"`
}

// Key names the user in its bucket.
func (u User) Key() string { return u.Name }

// Mark changes when the password does, or when an admin took her second factors away
// or shut her out: a session that carries an older one is over. It tells nothing about the hash.
func (u User) Mark() string {
	if u.Era == 0 {
		return fingerprint(u.Hash)
	}
	return fingerprint(u.Hash + " " + strconv.Itoa(u.Era))
}

// Second reports whether a password alone does not let her in.
func (u User) Second() bool { return u.TOTP.Secret != "" || len(u.Passkeys) > 0 }

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// program is the name under which the program itself appears in histories: what it did
// must not look like somebody's doing, nor the other way round.
const program = "triage"

// CheckName reports what is wrong with a name for a user.
func CheckName(name string) error {
	switch name = normal(name); {
	case name == program:
		return errors.New("this name is the program's own: take another")
	case nameForm.MatchString(name):
		return nil
	}
	return errors.New("a name is a letter followed by at most 31 letters, digits, _ or -")
}

// normal is the form in which names are kept and compared.
func normal(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
