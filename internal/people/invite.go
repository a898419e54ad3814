package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// InvitationLife is how long an invitation can be used.
const InvitationLife = 24 * time.Hour

// Invitation lets somebody choose a password once. Its code is 120 random bits, and
// only the hash of it is kept.
type Invitation struct {
	Hash string    `json:"hash"`
	Ends time.Time `json:"ends"`
}

// fits reports whether the code opens the invitation at this time.
func (i Invitation) fits(code string, now time.Time) bool {
	return i.Hash != "" && now.Before(i.Ends) && subtle.ConstantTimeCompare([]byte(i.Hash), []byte(hashCode(code))) == 1
}

// letters are those of codes that people type: none is taken for another.
const letters = "abcdefghijkmnpqrstuvwxyz23456789"

// groups makes a random code of n groups of four letters, five bits each.
func groups(n int) string {
	b := make([]byte, 4*n)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	var out strings.Builder
	for i, c := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(letters[int(c)%len(letters)])
	}
	return out.String()
}

// newCode makes the code of an invitation.
func newCode() string { return groups(6) }

// plainCode is a code as it was made, however somebody typed it.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(letters, r) {
			return r
		}
		return -1
	}, strings.ToLower(code))
}

func hashCode(code string) string {
	sum := sha256.Sum256([]byte("code:" + plainCode(code)))
	return hex.EncodeToString(sum[:])
}

// Link is where somebody uses a code. What follows # stays in the browser: no proxy
// logs it, and no other site is told of it. The page asks for the code where nothing
// reads it from there.
func Link(page, code string) string { return strings.TrimRight(page, "/") + "/welcome#" + code }

// AddInvited creates a user who chooses her password herself, and returns the code
// that lets her. It returns ErrExists if there is one of this name.
func (p *People) AddInvited(ctx context.Context, name string, role Role) (code string, err error) {
	code = newCode()
	return code, p.addInvited(ctx, name, role, code)
}

func (p *People) addInvited(ctx context.Context, name string, role Role, code string) error {
	u, err := p.newUser(name, role)
	if err == nil {
		u.Invitation = p.invitation(code)
		err = p.Create(ctx, u)
	}
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return nil
}

func (p *People) invitation(code string) Invitation {
	return Invitation{Hash: hashCode(code), Ends: p.now().Add(InvitationLife)}
}

// Invite lets a user choose another password, and returns the code with which she
// does. The old one is good until then, and her second factor stays; an earlier
// invitation is over. One who is shut out is not invited.
func (p *People) Invite(ctx context.Context, name string) (code string, err error) {
	code = newCode()
	return code, p.edit(ctx, normal(name), func(u *User) error {
		if u.Disabled {
			return &RefusedError{"She is shut out: let her in again first."}
		}
		u.Invitation = p.invitation(code)
		return nil
	})
}

// Pending reports whether there is an invitation of a user that is still good.
func (p *People) Pending(u User) bool { return p.now().Before(u.Invitation.Ends) && !u.Disabled }

// Invited reports whether a user can still come in by this code.
func (p *People) Invited(ctx context.Context, name, code string) (bool, error) {
	u, err := p.Get(ctx, normal(name))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return u.Invitation.fits(code, p.now()) && !u.Disabled, err
}

// inviting is what attempts with invitations are counted under: no user's name.
const inviting = "?invitation"

// Invitee is who is invited by a code. It returns ErrInvitation, or ErrSlow.
func (p *People) Invitee(ctx context.Context, code, remote string) (User, error) {
	if !p.tries.take(p.now(), inviting, remote) {
		return User{}, ErrSlow
	}
	u, err := p.holder(ctx, code)
	if err == nil {
		p.tries.fits(inviting, remote) // who then chooses a bad password may go on
	}
	return u, err
}

// Accept uses an invitation: whoever holds the code chooses the password of its
// user, whose sessions end. It returns ErrInvitation, ErrSlow, or a *RefusedError
// about the password, after which the code is still good.
func (p *People) Accept(ctx context.Context, code, password, remote string) (User, error) {
	u, err := p.Invitee(ctx, code, remote)
	if err != nil {
		return User{}, err
	}
	phc, err := p.newHash(ctx, u.Name, password)
	if err != nil {
		return User{}, err
	}
	err = p.edit(ctx, u.Name, func(now *User) error {
		if now.Disabled || !now.Invitation.fits(code, p.now()) { // used beside
			return ErrInvitation
		}
		now.renew(phc)
		u = *now
		return nil
	})
	return u, err
}

// holder finds who is invited by a code.
func (p *People) holder(ctx context.Context, code string) (User, error) {
	all, err := p.All(ctx)
	if err != nil {
		return User{}, fmt.Errorf("invitation: %w", err)
	}
	for _, u := range all {
		if !u.Disabled && u.Invitation.fits(code, p.now()) {
			return u, nil
		}
	}
	for _, u := range all { // All may lag behind what another process wrote just now
		if u, err = p.Get(ctx, u.Name); err == nil && !u.Disabled && u.Invitation.fits(code, p.now()) {
			return u, nil
		}
	}
	return User{}, ErrInvitation
}

// Keep is where what lets the first user in waits for a person: a password, or the
// code of an invitation.
type Keep struct {
	// Invite makes it an invitation.
	Invite bool
	// Write keeps it for good, unless something is kept already, by an earlier start
	// or by another process beside. It returns what is kept.
	Write func(secret string) (kept string, err error)
	// Drop forgets what is kept.
	Drop func() error
}

// First creates an admin if there is no user at all. What lets her in is kept before
// she is there, so that it cannot be lost in between; if somebody else was faster
// with another one, it is dropped again.
func (p *People) First(ctx context.Context, name string, keep Keep) error {
	all, err := p.All(ctx)
	if err != nil {
		return fmt.Errorf("first user: %w", err)
	}
	if len(all) > 0 {
		return nil
	}
	secret := NewPassword()
	if keep.Invite {
		secret = newCode()
	}
	if secret, err = keep.Write(secret); err != nil {
		return fmt.Errorf("first user: keep what lets her in: %w", err)
	}
	if keep.Invite {
		err = p.addInvited(ctx, name, Admin, secret)
	} else {
		err = p.Add(ctx, name, Admin, secret)
	}
	if errors.Is(err, ErrExists) {
		err = p.yield(ctx, name, secret, keep)
	}
	if err != nil {
		return fmt.Errorf("first user: %w", err)
	}
	return nil
}

// yield drops what does not let in the user whom somebody else made.
func (p *People) yield(ctx context.Context, name, secret string, keep Keep) error {
	u, err := p.Get(ctx, normal(name))
	if err != nil {
		return err
	}
	fits := u.Invitation.fits(secret, p.now())
	if !keep.Invite {
		fits, err = p.fits(ctx, u, attempt{password: secret})
	}
	if err != nil || fits {
		return err
	}
	return keep.Drop()
}
