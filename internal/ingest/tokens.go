package ingest

import "context"

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
	return "", &ReadError{Kind: Dead, Why: "the platform no longer accepts the account's token; connect the account again, or put a new token into token_file"}
}
