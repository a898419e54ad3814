package incident

import (
	"context"
	"fmt"
	"io"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Heartbeat is the section of a service that calls somebody when it has not heard from
// triage for a while, such as healthchecks.io or one of the practice's own.
type Heartbeat struct {
	// URL is the check's ping address, or the file it is in: who knows it can say that all
	// is well.
	URL     string `toml:"url"`
	URLFile string `toml:"url_file"`
	// CAFile holds the certificates that its own must be signed by; empty: the system's.
	CAFile string `toml:"ca_file"`
}

// Format hides the section, of which most is secret, from whoever prints it.
func (Heartbeat) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[heartbeat section]") }

// Validate says what is wrong with the section.
func (b *Heartbeat) Validate() error {
	if b.URL == "" {
		return nil // it may be in its file; Secrets says that it is needed
	}
	return channel.CheckBase("url", b.URL)
}

// Secrets are the keys that may be in files.
func (b *Heartbeat) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "url", Value: &b.URL, File: b.URLFile, Needed: true}}
}

// Open makes what pings: the address itself while triage sees what is wrong, and the
// address with /fail while it cannot. Errors are *alert.Failure.
func (b *Heartbeat) Open(o channel.Options) (func(ctx context.Context, ok bool) error, error) {
	if b.URL == "" {
		return nil, &alert.Failure{Why: "url: it is missing: copy the check's ping address", Final: true}
	}
	if err := channel.CheckBase("url", b.URL); err != nil {
		return nil, err
	}
	r, err := o.Remote("the heartbeat's receiver", "url", b.CAFile)
	if err != nil {
		return nil, err
	}
	at := channel.BaseOr(b.URL, "")
	return func(ctx context.Context, ok bool) error {
		if !ok {
			_, err := r.Post(ctx, at+"/fail", nil, nil)
			return err
		}
		_, err := r.Post(ctx, at, nil, nil)
		return err
	}, nil
}
