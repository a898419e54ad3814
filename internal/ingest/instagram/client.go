// Package instagram reads the comments on one professional Instagram account
// and does what was approved about them, in the words of Meta's Graph API:
// account, media, comment, reply. How a call is made and a failure judged is in
// package graph.
//
// What Instagram's API does not show is not read: comments on advertisements and
// on media with an age limit, those of restricted people until they are
// approved, live comments after the broadcast, and mentions elsewhere.
package instagram

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

// Platform is the platform's name in comments.
const Platform = "instagram"

// Options are what a Client is given besides its section.
type Options struct {
	// HTTP brings the transport; nil means Go's default one.
	HTTP *http.Client
	Log  *zap.Logger
	// Account is the name of the account in the configuration.
	Account string
	// Tokens give the token; nil: always that of the section. An account's own
	// token ends after 60 days unless somebody renews it.
	Tokens ingest.Tokens
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// Client reads and acts for one account. It may be used concurrently.
type Client struct {
	cfg     Config
	api     *graph.API
	log     *zap.Logger
	account string
	now     func() time.Time

	mu     sync.Mutex
	own    self
	asked  time.Time      // when we last asked who we are
	counts map[string]int // comments_count of media when their comments were last handed on
	whole  []string       // media that the last sweep read to their end
}

var (
	_ ingest.Source    = (*Client)(nil)
	_ ingest.Whole     = (*Client)(nil)
	_ ingest.Peeker    = (*Client)(nil)
	_ ingest.Metered   = (*Client)(nil)
	_ ingest.Account   = (*Client)(nil)
	_ ingest.Permitted = (*Client)(nil)
	_ ingest.Actor     = (*Client)(nil)
)

// New makes the client of an account. cfg.Token must hold the token by now,
// unless opt.Tokens gives it.
func New(cfg Config, opt Options) (*Client, error) {
	cfg = cfg.filled()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	token := strings.TrimSpace(cfg.Token)
	if token == "" && opt.Tokens == nil {
		return nil, errors.New("the account's token is missing: set token or token_file")
	}
	if opt.Tokens == nil {
		opt.Tokens = ingest.FixedToken(token)
	}
	if opt.Log == nil {
		opt.Log = zap.NewNop()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	api := graph.New(graph.Options{
		Words: graph.Words{Platform: "Instagram", Account: "account"}, BaseURL: cfg.BaseURL, Version: cfg.Version,
		AppID: cfg.AppID, AppSecret: cfg.AppSecret, Tokens: opt.Tokens, HTTP: opt.HTTP, Now: opt.Now,
	})
	return &Client{
		cfg: cfg, api: api, account: opt.Account, now: opt.Now, log: opt.Log.With(zap.String("account", opt.Account)),
		own: self{ids: []string{cfg.Account}}, counts: map[string]int{},
	}, nil
}

// Meter implements ingest.Metered. What it says of the limits is Meta's word in
// the usage headers of the last answer.
func (c *Client) Meter() ingest.Meter { return c.api.Meter() }

// Permit implements ingest.Permitted by asking Meta's debug_token: as the app
// where app_id and app_secret are configured, otherwise with the token itself.
// Meta may refuse either, and for an account's own token it does not promise an
// answer: then nothing is known.
func (c *Client) Permit(ctx context.Context) (ingest.Permit, error) {
	return c.api.Permit(ctx, c.cfg.Permissions(), []string{c.cfg.Account, c.cfg.Page})
}

// self is who we are on Instagram. With InstagramLogin an account has two ids:
// its own, and another one for the app.
type self struct {
	ids  []string
	name string
}

// wrote reports whether the comment o is our own. Instagram says so by several
// fields, none of which is always there.
func (s self) wrote(o graph.Object) bool {
	from := o.Object("from")
	for _, id := range []string{o.Object("user").Text("id"), from.Text("id")} {
		if id != "" && slices.Contains(s.ids, id) {
			return true
		}
	}
	return s.name != "" && strings.EqualFold(name(o), s.name)
}

// name is the user name of who wrote the comment o.
func name(o graph.Object) string {
	if n := o.Text("username"); n != "" {
		return n
	}
	return o.Object("from").Text("username")
}

const (
	selfFor    = 24 * time.Hour // an account may be renamed
	selfFields = "id,username"
)

// self asks once a day who we are. Where Instagram does not tell, our comments
// are recognised by the configured id alone.
func (c *Client) self(ctx context.Context) (self, error) {
	c.mu.Lock()
	own, asked := c.own, c.asked
	c.mu.Unlock()
	if !asked.IsZero() && c.now().Sub(asked) < selfFor {
		return own, nil
	}
	read := c.me
	if c.cfg.Login == FacebookLogin {
		read = func(ctx context.Context) (graph.Object, error) {
			return c.api.Read(ctx, c.cfg.Account, graph.Params{"fields": selfFields})
		}
	}
	o, err := read(ctx)
	if kind := graph.KindOf(err); err != nil && kind != ingest.Bad && kind != ingest.Forbidden {
		return self{}, err
	}
	if err == nil {
		own = self{ids: []string{c.cfg.Account}, name: o.Text("username")}
		if c.cfg.Login == InstagramLogin && o.Text("user_id") == c.cfg.Account {
			own.ids = append(own.ids, o.Text("id"))
		}
	}
	c.mu.Lock()
	c.own, c.asked = own, c.now()
	c.mu.Unlock()
	return own, nil
}
