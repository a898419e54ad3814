package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"
)

// TOTP is an app that shows a new code of six digits every thirty seconds (RFC 6238).
// Its secret must be readable to check a code: it is protected by the store, which is
// encrypted at rest under the practice's key, and leaves it for the app only, once.
type TOTP struct {
	Secret string    `json:"secret,omitempty"`
	Added  time.Time `json:"added,omitzero"`
	Used   time.Time `json:"used,omitzero"`
	// Last is the step of the last code that was taken: it and older ones are over,
	// in every process that shares the store.
	Last int64 `json:"last,omitempty"`
	// Wrong counts the wrong codes since the last right one, the latest at WrongAt.
	// Only who knows the password gets so far.
	Wrong   int       `json:"wrong,omitempty"`
	WrongAt time.Time `json:"wrong_at,omitzero"`
}

// A code is good in its thirty seconds, and one step before and after: telephones'
// clocks differ.
const (
	totpStep  = 30
	totpDrift = 1
)

// step is the step whose code this is; ok is false if it is of none that is good now.
func (t TOTP) step(code string, now time.Time) (step int64, ok bool) {
	at := now.Unix() / totpStep
	for s := at - totpDrift; s <= at+totpDrift; s++ {
		want, err := totp.GenerateCode(t.Secret, time.Unix(s*totpStep, 0))
		if err == nil && s > t.Last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// freeWrong is how many wrong codes in a row cost nothing but their turn.
const freeWrong = 5

// rest is until when no code is taken after wrong ones: half a minute, then twice as
// long each time, up to an hour. That is 34 guesses in the first day, of a million.
// It holds over all places, since it takes her password to get there; a recovery
// code, a passkey and a new password pass by it.
func (t TOTP) rest() time.Time {
	if t.Wrong < freeWrong {
		return time.Time{}
	}
	return t.WrongAt.Add(min(time.Hour, 30*time.Second<<min(t.Wrong-freeWrong, 10)))
}

// take takes a code if it is right. What is counted for a wrong one is to be stored.
func (t *TOTP) take(code string, now time.Time) error {
	if now.Before(t.rest()) {
		return ErrSlow
	}
	step, ok := t.step(code, now)
	if !ok {
		t.Wrong, t.WrongAt = t.Wrong+1, now
		return ErrCode
	}
	t.Last, t.Used, t.Wrong, t.WrongAt = step, now, 0, time.Time{}
	return nil
}

// Recovery are codes that each let somebody in once in place of her app or passkey.
type Recovery struct {
	Salt []byte `json:"salt,omitempty"`
	// Memory, in KiB, and Time are what a guess costs.
	Memory uint32 `json:"memory,omitempty"`
	Time   uint32 `json:"time,omitempty"`
	// Left are the hashes, argon2id under one salt, of those that were not used.
	Left [][]byte  `json:"left,omitempty"`
	Made time.Time `json:"made,omitzero"`
}

// recoveryCodes is how many there are.
const recoveryCodes = 10

// newRecovery makes codes of 60 bits each.
func newRecovery(now time.Time) (codes []string, r Recovery) {
	r = Recovery{Salt: make([]byte, saltSize), Memory: present.memory, Time: present.time, Made: now}
	_, _ = rand.Read(r.Salt)
	for range recoveryCodes {
		code := groups(3)
		codes = append(codes, code)
		r.Left = append(r.Left, r.hash(code))
	}
	return codes, r
}

func (r Recovery) hash(code string) []byte {
	return argon2.IDKey([]byte(plainCode(code)), r.Salt, max(r.Time, 1), r.Memory, 1, keySize)
}

// take uses a code up, by its hash.
func (r *Recovery) take(hashed []byte) error {
	for i, left := range r.Left {
		if subtle.ConstantTimeCompare(left, hashed) == 1 {
			r.Left = append(append([][]byte{}, r.Left[:i]...), r.Left[i+1:]...)
			return nil
		}
	}
	return ErrCode
}

// How somebody came in, for the audit.
const (
	ByApp      = "app"
	ByRecovery = "recovery code"
	ByPasskey  = "passkey"
	ByProvider = "provider"
)

// Confirm takes the second step of somebody whose password was right: a code of her
// app, or one of her recovery codes. It returns her as she is now and which of them
// it was; ErrCode, or ErrSlow after too many.
func (p *People) Confirm(ctx context.Context, name, code, remote string) (u User, by string, err error) {
	counted := "?code " + name // no user's name
	if !p.tries.take(p.now(), counted, remote) {
		return User{}, "", ErrSlow
	}
	by = ByRecovery
	digits := strings.Join(strings.Fields(code), "")
	if len(digits) == 6 && strings.Trim(digits, "0123456789") == "" {
		by = ByApp
		u, err = p.takeTOTP(ctx, name, digits)
	} else {
		u, err = p.takeRecovery(ctx, name, code)
	}
	if err == nil {
		p.tries.fits(counted, remote)
	}
	return u, by, err
}

// takeTOTP takes a code as soon as that is stored: of two who send the same one the
// slower finds it used, and what is wrong counts whatever happens beside it.
func (p *People) takeTOTP(ctx context.Context, name, code string) (u User, err error) {
	var said error
	err = p.edit(ctx, name, func(now *User) error {
		if now.Disabled || now.TOTP.Secret == "" {
			return ErrCode
		}
		if said = now.TOTP.take(code, p.now()); errors.Is(said, ErrSlow) {
			return ErrSlow // nothing to store
		}
		u = *now
		return nil
	})
	if err == nil {
		err = said
	}
	return u, err
}

func (p *People) takeRecovery(ctx context.Context, name, code string) (u User, err error) {
	if u, err = p.Get(ctx, name); err != nil {
		return u, fmt.Errorf("recovery code: %w", err)
	}
	salt, hashed := string(u.Recovery.Salt), []byte{}
	if err := p.turns.take(ctx, false, func() { hashed = u.Recovery.hash(code) }); err != nil {
		return u, fmt.Errorf("recovery code: %w", err)
	}
	err = p.edit(ctx, name, func(now *User) error {
		if now.Disabled || string(now.Recovery.Salt) != salt {
			return ErrCode
		}
		u = *now
		err := u.Recovery.take(hashed)
		*now = u
		return err
	})
	return u, err
}
