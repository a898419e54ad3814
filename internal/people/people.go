package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

	tries throttle
	turns turns
}

// The lengths of a password, in bytes.
const (
	minPassword = 12
	maxPassword = 256
)

// nobody is what a password is held against when there is no such user, so
// that the answer takes as long.
var nobody = sync.OnceValue(func() string { return hash("nobody") })

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
	u, err := p.open(ctx, name, password)
	if err == nil {
		p.tries.fits(name, remote)
	}
	return u, err
}

// open returns the user whom name and password open.
func (p *People) open(ctx context.Context, name, password string) (User, error) {
	u, err := p.known(ctx, name)
	if err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	fits, err := p.fits(ctx, u, password)
	if err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	if !fits || u.Name == "" || u.Disabled {
		return User{}, ErrDenied
	}
	return p.strengthen(ctx, u, password)
}

func (p *People) fits(ctx context.Context, u User, password string) (fits bool, err error) {
	err = p.turns.take(ctx, func() { fits = verify(u.Hash, password) })
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
func (p *People) strengthen(ctx context.Context, u User, password string) (User, error) {
	if !weak(u.Hash) {
		return u, nil
	}
	if err := p.turns.take(ctx, func() { u.Hash = hash(password) }); err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	switch err := p.Update(ctx, u); {
	case errors.Is(err, ErrConflict):
		return p.open(ctx, u.Name, password) // perhaps she is shut out by now
	case err != nil:
		return User{}, fmt.Errorf("sign in: strengthen the hash: %w", err)
	}
	return u, nil
}

// Add creates a user. It returns ErrExists if there is one of this name.
func (p *People) Add(ctx context.Context, name string, role Role, password string) error {
	name = normal(name)
	if err := CheckName(name); err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	if !slices.Contains(Roles, role) {
		return errors.New("add user: the role is viewer, reviewer, privacy officer or admin")
	}
	if err := good(name, password); err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	u := User{Name: name, Role: role, Created: p.now()}
	if err := p.turns.take(ctx, func() { u.Hash = hash(password) }); err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	if err := p.Create(ctx, u); err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return nil
}

// Keep is where the first password waits for a person.
type Keep struct {
	// Write keeps a password for good, unless one is kept already, by an earlier
	// start or by another process beside. It returns the one that is kept.
	Write func(password string) (kept string, err error)
	// Drop forgets what is kept.
	Drop func() error
}

// First creates an admin with a random password if there is no user at all.
// The password is kept before the user is there, so that it cannot be lost in
// between; if somebody else was faster with another one, it is dropped again.
func (p *People) First(ctx context.Context, name string, keep Keep) error {
	all, err := p.All(ctx)
	if err != nil {
		return fmt.Errorf("first user: %w", err)
	}
	if len(all) > 0 {
		return nil
	}
	password, err := keep.Write(NewPassword())
	if err != nil {
		return fmt.Errorf("first user: keep the password: %w", err)
	}
	err = p.Add(ctx, name, Admin, password)
	if errors.Is(err, ErrExists) {
		err = p.yield(ctx, name, password, keep)
	}
	if err != nil {
		return fmt.Errorf("first user: %w", err)
	}
	return nil
}

// yield drops a password that does not open the user whom somebody else made.
func (p *People) yield(ctx context.Context, name, password string, keep Keep) error {
	u, err := p.Get(ctx, normal(name))
	if err != nil {
		return err
	}
	if fits, err := p.fits(ctx, u, password); err != nil || fits {
		return err
	}
	return keep.Drop()
}

// SetPassword gives a user another password; her sessions are over.
func (p *People) SetPassword(ctx context.Context, name, password string) error {
	name = normal(name)
	if err := good(name, password); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	phc := ""
	if err := p.turns.take(ctx, func() { phc = hash(password) }); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return p.edit(ctx, name, func(u *User) { u.Hash = phc })
}

// SetDisabled shuts a user out, at once, or lets her in again.
func (p *People) SetDisabled(ctx context.Context, name string, disabled bool) error {
	return p.edit(ctx, normal(name), func(u *User) { u.Disabled = disabled })
}

// editTries is how often a change is tried that others overtake.
const editTries = 10

func (p *People) edit(ctx context.Context, name string, f func(*User)) error {
	err := ErrConflict
	for i := 0; i < editTries && errors.Is(err, ErrConflict); i++ {
		var u User
		if u, err = p.Get(ctx, name); err == nil {
			f(&u)
			err = p.Update(ctx, u)
		}
	}
	if err != nil {
		return fmt.Errorf("change user: %w", err)
	}
	return nil
}

// good refuses a password that is too short, too long or easily guessed.
func good(name, password string) error {
	lower := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range lower {
		distinct[r] = true
	}
	switch {
	case len(password) < minPassword:
		return fmt.Errorf("the password is too short: at least %d characters, such as four words", minPassword)
	case len(password) > maxPassword:
		return fmt.Errorf("the password is too long: at most %d characters", maxPassword)
	case strings.Contains(lower, name), strings.Contains(lower, "password"), len(distinct) < 5,
		strings.HasPrefix(lower, "qwertyuiop"), strings.HasPrefix(lower, "1234567890"):
		return errors.New("the password is easily guessed: take four words that do not belong together")
	}
	return nil
}

func (p *People) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

// turns lets two hashes be computed at a time: more would take the memory. The
// zero value is ready.
type turns struct {
	once sync.Once
	free chan struct{}
}

func (t *turns) take(ctx context.Context, f func()) error {
	t.once.Do(func() { t.free = make(chan struct{}, 2) })
	select {
	case t.free <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t.free }()
	f()
	return nil
}
