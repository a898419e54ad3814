package ingest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap/zapcore"
)

// Tokens gives a connector the token it speaks with. It may be used
// concurrently.
type Tokens interface {
	// Token is the one to use now.
	Token(ctx context.Context) (string, error)
	// Refused tells that the platform refused token as dead, and gives another
	// one. An error, usually a *ReadError of kind Dead, says that there is none
	// and what to do.
	Refused(ctx context.Context, token string) (string, error)
}

// FixedToken is a token that nothing but a person can replace.
type FixedToken string

// Token implements Tokens.
func (t FixedToken) Token(context.Context) (string, error) { return string(t), nil }

// Refused implements Tokens: there is no other one.
func (t FixedToken) Refused(context.Context, string) (string, error) {
	return "", &ReadError{Kind: Dead, Why: "the platform no longer accepts the account's token; connect the account again, or put a new token into its file and start the service anew"}
}

// Grant is what a platform granted to an account: a token that ends, and what it
// is renewed with. It prints as nothing.
type Grant struct {
	// Access is the token to speak with.
	Access string `json:"access,omitempty"`
	// Refresh is what Access is renewed with; empty where it renews itself, or is
	// not renewed.
	Refresh string `json:"refresh,omitempty"`
	// Made is when Access was given, by our clock; zero: it is not known.
	Made time.Time `json:"made,omitzero"`
	// Expires is when Access ends; zero: never, or it is not known.
	Expires time.Time `json:"expires,omitzero"`
	// Ends is when it can be renewed no more; zero: never, or it is not known.
	Ends time.Time `json:"ends,omitzero"`
	// Scope are the permissions that were granted, as the platform tells them,
	// separated by blanks; empty: it does not tell.
	Scope string `json:"scope,omitempty"`
	// Client is the app that it was granted to, as the platform names it.
	Client string `json:"client,omitempty"`
	// Seed are hashes of the tokens in the configuration that this goes before,
	// separated by blanks, the newest last: those that it and the grants that were
	// kept before came from, or that were there when a person connected the account.
	Seed string `json:"seed,omitempty"`
	// Revision is under which it is kept; 0: it is not.
	Revision uint64 `json:"-"`
}

// Format keeps the tokens out of every formatted string, whatever the verb.
func (g Grant) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[grant]") }

// MarshalLogObject keeps the tokens out of the log.
func (g Grant) MarshalLogObject(zapcore.ObjectEncoder) error { return nil }

// mostSeeds bounds how many hashes a grant holds.
const mostSeeds = 32

// Over returns g as one that takes the place of another: it goes before what that
// went before too.
func (g Grant) Over(old Grant) Grant {
	seeds := slices.DeleteFunc(strings.Fields(old.Seed), g.Knows)
	seeds = append(seeds, strings.Fields(g.Seed)...)
	g.Seed = strings.Join(seeds[max(0, len(seeds)-mostSeeds):], " ")
	return g
}

// Knows reports whether g goes before the token in the configuration of that hash.
func (g Grant) Knows(seed string) bool { return slices.Contains(strings.Fields(g.Seed), seed) }

// Grants keeps the grants of accounts, so that all processes of a practice use
// the same ones.
type Grants interface {
	// Load returns a Grant of which only the Revision may be set for an account
	// of which none is kept.
	Load(ctx context.Context, platform, account string) (Grant, error)
	// Save keeps g in place of the one with its Revision, and returns the new one.
	// It returns ErrStale, and keeps nothing, where another took that one's place.
	Save(ctx context.Context, platform, account string, g Grant) (revision uint64, err error)
	// Alone has work done while no other process does work for the account. The
	// ctx of work ends when that cannot be promised any more. The error is
	// work's, or says why it was not begun.
	Alone(ctx context.Context, platform, account string, work func(ctx context.Context) error) error
}
