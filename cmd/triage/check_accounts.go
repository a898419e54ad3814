package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/ingest/wordpress"
)

// checkAccounts asks each platform whether the account and its token can be used.
// Where the service runs, it asks: with the tokens that it uses itself, for asking
// with the configuration's could end them.
func checkAccounts(cmd *cobra.Command, cfg config) []ingest.Finding {
	s := &service{cfg: cfg, log: zap.NewNop()}
	_, err := os.Stat(s.storeDir())
	_, runs := control.Dial(s.socket())
	if !runs && (errors.Is(err, fs.ErrNotExist) || cfg.holdsTokens()) {
		return cfg.checkAlone(cmd.Context())
	}
	var found []control.Finding
	o := order{config: cfg.path}
	err = o.give(cmd, func(ctx context.Context, c *control.Client) error { return c.Call(ctx, "GET", "/check", nil, &found) })
	if err != nil {
		return []ingest.Finding{{What: "accounts", Mend: err.Error()}}
	}
	out := make([]ingest.Finding, len(found))
	for i, f := range found {
		out[i] = ingest.Finding(f)
	}
	return out
}

// holdsTokens reports whether the configuration holds the token of every account.
func (c *config) holdsTokens() bool {
	for _, s := range c.sections() {
		if l, ok := c.loginOf(s); ok && l.options.Seed.Access == "" {
			return false
		}
	}
	return true
}

// checkAlone looks at the accounts with the tokens in the configuration.
func (c *config) checkAlone(ctx context.Context) (out []ingest.Finding) {
	for _, s := range c.sections() {
		l, connects := c.loginOf(s)
		switch {
		case connects && l.options.Seed == ingest.Grant{}:
			out = append(out, ingest.Finding{What: s.Name + ": is not connected yet", Mend: "connect it: triage connect " + s.platform})
		case connects && l.once && l.options.Seed.Refresh != "":
			out = append(out, ingest.Finding{OK: true, What: s.Name + ": not asked: its refresh token works once and is left to the service; check again while that runs"})
		default:
			out = append(out, s.check(ctx, clientParts{log: zap.NewNop(), tokens: c.tokens(s, &passing{}, zap.NewNop())})...)
		}
	}
	return out
}

// passing keeps a grant for as long as a check takes.
type passing struct{ grant ingest.Grant }

// Load implements ingest.Grants.
func (p *passing) Load(context.Context, string, string) (ingest.Grant, error) { return p.grant, nil }

// Save implements ingest.Grants.
func (p *passing) Save(_ context.Context, _, _ string, g ingest.Grant) (uint64, error) {
	g.Revision = p.grant.Revision + 1
	p.grant = g
	return g.Revision, nil
}

// Alone implements ingest.Grants.
func (*passing) Alone(ctx context.Context, _, _ string, work func(context.Context) error) error {
	return work(ctx)
}

// check looks at one account.
func (s section) check(ctx context.Context, p clientParts) []ingest.Finding {
	client, err := s.open(p)
	if err != nil {
		return []ingest.Finding{{What: s.Name, Mend: err.Error()}}
	}
	found := client.Check(ctx)
	for i := range found {
		found[i].What = s.Name + ": " + found[i].What
	}
	return found
}

// checker looks at all accounts with the tokens that the service uses.
func (s *service) checker(o *opened) func(context.Context) []control.Finding {
	return func(ctx context.Context) (out []control.Finding) {
		for _, section := range s.cfg.sections() {
			parts := clientParts{log: zap.NewNop(), names: o.names, tokens: s.cfg.tokens(section, o.Grants, zap.NewNop())}
			for _, f := range section.check(ctx, parts) {
				out = append(out, control.Finding(f))
			}
		}
		return out
	}
}

// person is how an author is known whom a request names: by the platform's own id
// or, where it has none, by e-mail.
func (o *opened) person(platform, author string) string {
	if platform == wordpress.Platform {
		return wordpress.AuthorID(o.names, author)
	}
	return author
}
