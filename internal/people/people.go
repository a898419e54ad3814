package people

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Store is where users are kept. Every method is safe for concurrent use.
type Store interface {
	// Get returns ErrNotFound where there is none.
	Get(ctx context.Context, name string) (User, error)
	// Create returns ErrExists if there is one of this name.
	Create(ctx context.Context, u User) error
	// Update stores u if its Revision is still the stored one, else ErrConflict.
	Update(ctx context.Context, u User) error
	All(ctx context.Context) ([]User, error)
}

// People signs people in and keeps who they are. Use it by pointer.
type People struct {
	Store
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Required: whoever may decide signs in with more than a password. One who cannot
	// yet sets it up right after her password.
	Required bool
	// Own are words that are easily guessed here, such as the practice's name: no
	// password may be made of one.
	Own []string

	tries throttle
	turns turns
}

// nobody is what a password is held against when there is no such user, so
// that the answer takes as long.
var nobody = sync.OnceValue(func() string { return hash(rand.Text()) })

// Login returns the user whose name and password these are. remote is the
// address of whoever tries. It returns ErrDenied if they do not fit, and
// ErrSlow after too many attempts with this name from this address.
func (p *People) Login(ctx context.Context, name, password, remote string) (User, error) {
	if name = normal(name); !nameForm.MatchString(name) {
		name = "" // which nobody has
	}
	if !p.tries.take(p.now(), name, remote) {
		return User{}, ErrSlow
	}
	if len(password) > maxPassword {
		return User{}, ErrDenied
	}
	u, err := p.open(ctx, attempt{name, password, p.tries.failed(p.now(), name, remote)})
	if err == nil {
		p.tries.fits(name, remote)
	}
	return u, err
}

// attempt is one to sign in; failed: another failed lately.
type attempt struct {
	name, password string
	failed         bool
}

// open returns the user whom name and password open.
func (p *People) open(ctx context.Context, a attempt) (User, error) {
	u, err := p.known(ctx, a.name)
	if err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	fits, err := p.fits(ctx, u, a)
	if err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	if !fits || u.Name == "" || u.Hash == "" || u.Disabled { // one without a password has none that fits
		return User{}, ErrDenied
	}
	return p.strengthen(ctx, u, a)
}

func (p *People) fits(ctx context.Context, u User, a attempt) (fits bool, err error) {
	err = p.turns.take(ctx, a.failed, func() { fits = verify(cmp.Or(u.Hash, nobody()), a.password) })
	return fits, err
}

// known finds a user, or the one who fits no password.
func (p *People) known(ctx context.Context, name string) (User, error) {
	if name == "" {
		return User{Hash: nobody()}, nil
	}
	u, err := p.Get(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return User{Hash: nobody()}, nil
	}
	return u, err
}

// strengthen hashes a password again that was hashed when less was enough.
func (p *People) strengthen(ctx context.Context, u User, a attempt) (User, error) {
	if !weak(u.Hash) {
		return u, nil
	}
	if err := p.turns.take(ctx, false, func() { u.Hash = hash(a.password) }); err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	switch err := p.Update(ctx, u); {
	case errors.Is(err, ErrConflict):
		return p.open(ctx, a) // perhaps she is shut out by now
	case err != nil:
		return User{}, fmt.Errorf("sign in: strengthen the hash: %w", err)
	}
	return u, nil
}

// Add creates a user. It returns ErrExists if there is one of this name.
func (p *People) Add(ctx context.Context, name string, role Role, password string) error {
	u, err := p.newUser(name, role)
	if err == nil {
		err = p.good(u.Name, password)
	}
	if err == nil {
		err = p.turns.take(ctx, false, func() { u.Hash = hash(password) })
	}
	if err == nil {
		err = p.Create(ctx, u)
	}
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return nil
}

var errRole = errors.New("the role is viewer, reviewer, privacy officer or admin")

// newUser is one who cannot sign in yet.
func (p *People) newUser(name string, role Role) (User, error) {
	name = normal(name)
	if err := CheckName(name); err != nil {
		return User{}, err
	}
	if !slices.Contains(Roles, role) {
		return User{}, errRole
	}
	return User{Name: name, Role: role, Created: p.now()}, nil
}

// SetPassword gives a user another password; her sessions are over, and what was
// counted against her by one who knew the old one is forgotten.
func (p *People) SetPassword(ctx context.Context, name, password string) error {
	name = normal(name)
	phc, err := p.newHash(ctx, name, password)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return p.edit(ctx, name, func(u *User) error { u.renew(phc); return nil })
}

// Passwords are the old and the new one of somebody at an address.
type Passwords struct{ Old, New, Remote string }

// ChangePassword gives a user another password if she knows the old one. It returns
// her as she is now; ErrDenied, ErrSlow, or a *RefusedError about the new one.
func (p *People) ChangePassword(ctx context.Context, name string, to Passwords) (User, error) {
	u, err := p.Login(ctx, name, to.Old, to.Remote)
	if err != nil {
		return User{}, err
	}
	if err := p.SetPassword(ctx, u.Name, to.New); err != nil {
		return User{}, err
	}
	return p.Get(ctx, u.Name)
}

// newHash is that of a new password.
func (p *People) newHash(ctx context.Context, name, password string) (phc string, err error) {
	if err := p.good(name, password); err != nil {
		return "", err
	}
	err = p.turns.take(ctx, false, func() { phc = hash(password) })
	return phc, err
}

// renew gives her another password.
func (u *User) renew(phc string) {
	u.Hash, u.Invitation, u.TOTP.Wrong, u.TOTP.WrongAt = phc, Invitation{}, 0, time.Time{}
}

// SetDisabled shuts a user out, at once, or lets her in again. Her sessions and her
// invitation do not come back with her.
func (p *People) SetDisabled(ctx context.Context, name string, disabled bool) error {
	return p.edit(ctx, normal(name), func(u *User) error {
		if disabled && !u.Disabled {
			u.Era, u.Invitation = u.Era+1, Invitation{}
		}
		u.Disabled = disabled
		return nil
	})
}

// CameIn notes that a user signed in now.
func (p *People) CameIn(ctx context.Context, name string) error {
	return p.edit(ctx, name, func(u *User) error { u.In = p.now(); return nil })
}

// SetRole gives a user another role, in force with her next step.
func (p *People) SetRole(ctx context.Context, name string, role Role) error {
	if !slices.Contains(Roles, role) {
		return errRole
	}
	return p.edit(ctx, normal(name), func(u *User) error { u.Role = role; return nil })
}

// editTries is how often a change is tried that others overtake.
const editTries = 10

// edit changes a user as she is when the change is stored: f sees her anew each
// time that somebody was faster. What f refuses is not stored.
func (p *People) edit(ctx context.Context, name string, f func(*User) error) error {
	err := ErrConflict
	for i := 0; i < editTries && errors.Is(err, ErrConflict); i++ {
		var u User
		if u, err = p.Get(ctx, name); err == nil {
			err = f(&u)
		}
		if err == nil {
			err = p.Update(ctx, u)
		}
	}
	if err != nil {
		return fmt.Errorf("change user: %w", err)
	}
	return nil
}

func (p *People) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}
