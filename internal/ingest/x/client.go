package x

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/x/legacy"
)

// Platform is the platform's name in comments.
const Platform = "x"

// Options are what a Client is given besides its section.
type Options struct {
	// HTTP brings the transport; nil means Go's default one.
	HTTP *http.Client
	Log  *zap.Logger
	// Tokens gives the token where the section has a client_id (OAuth 2.0).
	Tokens ingest.Tokens
	// Account is the name of the account in the configuration.
	Account string
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// api is what both versions of the API can do.
type api interface {
	// list reads one page of a list, newest first.
	list(ctx context.Context, l list) (page, error)
	// lookup reads posts by their ids, at most lookupMost of them.
	lookup(ctx context.Context, ids []string) (page, error)
	me(ctx context.Context) (person, error)
	// write makes exactly one request.
	write(ctx context.Context, w order) ingest.Outcome
}

// Client reads and acts for one account. It may be used concurrently.
type Client struct {
	cfg     Config
	api     api
	http    *ingest.HTTP
	limits  *limits
	log     *zap.Logger
	account string
	clock

	mu sync.Mutex
	// recent are the posts that were handed on and are looked at again.
	recent map[string]sight
	// authors wrote what others quote or where they answer; empty: it is not shown.
	authors map[string]string
	whole   []string
	upTo    time.Time // up to then all mentions that X shows were read
}

// sight is what is remembered of a post that was handed on.
type sight struct {
	newest  string // the id of its newest version
	created time.Time
}

// clock tells the time.
type clock struct{ now func() time.Time }

var (
	_ ingest.Source    = (*Client)(nil)
	_ ingest.Peeker    = (*Client)(nil)
	_ ingest.Metered   = (*Client)(nil)
	_ ingest.Whole     = (*Client)(nil)
	_ ingest.Account   = (*Client)(nil)
	_ ingest.Actor     = (*Client)(nil)
	_ ingest.Permitted = (*Client)(nil)
)

// New makes the client of an account. The section's secrets must hold their
// values by now, and with a client_id there must be Tokens.
func New(cfg Config, opt Options) (*Client, error) {
	cfg = cfg.Filled()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	base, err := url.Parse(cfg.BaseURL)
	switch {
	case err != nil:
		return nil, errors.New("base_url is no address")
	case cfg.ClientID != "" && opt.Tokens == nil:
		return nil, errors.New("the account is not connected: connect it, or set refresh_token or refresh_token_file")
	case cfg.ConsumerKey != "" && (cfg.ConsumerSecret == "" || cfg.AccessToken == "" || cfg.AccessSecret == ""):
		return nil, errors.New("consumer_secret, access_token and access_secret must be set, or the files they are in")
	}
	if opt.Log == nil {
		opt.Log = zap.NewNop()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	c := &Client{
		cfg: cfg, limits: &limits{}, account: opt.Account, clock: clock{opt.Now}, log: opt.Log.With(zap.String("account", opt.Account)),
		recent: map[string]sight{}, authors: map[string]string{},
	}
	c.connect(base, opt)
	return c, nil
}

// connect chooses how the API is spoken. In version 1.1 the library signs, above
// our transport; in version 2 the transport does, if there is no token.
func (c *Client) connect(base *url.URL, opt Options) {
	if c.cfg.API == v1Name {
		c.http = ingest.NewHTTP(opt.HTTP)
		keys := legacy.Keys{ConsumerKey: c.cfg.ConsumerKey, ConsumerSecret: c.cfg.ConsumerSecret,
			AccessToken: c.cfg.AccessToken, AccessSecret: c.cfg.AccessSecret}
		c.api = &version1{calls: legacy.New(c.http, base, keys), limits: c.limits, cfg: c.cfg, clock: c.clock}
		return
	}
	client := opt.HTTP
	if c.cfg.ConsumerKey != "" {
		client, opt.Tokens = signing(client, c.cfg), nil
	}
	c.http = ingest.NewHTTP(client)
	c.api = &version2{cfg: c.cfg, wire: wire{http: c.http, base: c.cfg.BaseURL, tokens: opt.Tokens, limits: c.limits, now: c.now}}
}

// maxPages is how many pages of one list are read: a server that never ends is not
// believed.
const maxPages = 100

// walk visits the pages of a list to its end, or until visit has enough, and
// counts what it saw.
func (c *Client) walk(ctx context.Context, l list, visit func(page) (enough bool, err error)) (seen int, err error) {
	for range maxPages {
		pg, err := c.api.list(ctx, l)
		if err != nil {
			return seen, err
		}
		for i := range pg.posts {
			if l.own && pg.posts[i].author == "" {
				pg.posts[i].author = c.cfg.User
			}
		}
		seen += pg.size
		if enough, err := visit(pg); enough || err != nil || pg.more == "" {
			return seen, err
		}
		if pg.more == l.more {
			break
		}
		l.more = pg.more
	}
	return seen, senseless(0)
}

// Meter implements ingest.Metered.
func (c *Client) Meter() ingest.Meter {
	used, reset := c.limits.highest(c.now())
	return ingest.Meter{Calls: c.http.Calls(), Used: used, Reset: reset, Skew: c.http.Skew()}
}

// Check looks whether the account can work: the keys or the token are valid and
// this account's, its replies are public, and the app may do what is wanted. It
// changes nothing.
func (c *Client) Check(ctx context.Context) []ingest.Finding {
	me, err := c.api.me(ctx)
	switch {
	case err != nil:
		return []ingest.Finding{{What: err.Error(), Mend: mend(err)}}
	case me.id != c.cfg.User:
		return []ingest.Finding{{What: "the keys or the token belong to another account than the configured one",
			Mend: "correct user in the configuration, or connect the right account"}}
	}
	out := []ingest.Finding{{OK: true, What: "the keys or the token are valid and those of the configured account"}}
	if me.protected {
		out = append(out, ingest.Finding{What: "the account is protected: only its followers see what it answers",
			Mend: `sign in on x.com and turn off "Protect your posts" in the settings`})
	}
	for _, lack := range c.lacks(me) {
		out = append(out, ingest.Finding{What: "the app lacks the permission " + lack,
			Mend: "give it in X's developer portal, then make new keys or connect the account again"})
	}
	if _, err := c.api.list(ctx, list{since: idAt(c.now())}); err != nil {
		return append(out, ingest.Finding{What: "the account's mentions cannot be read: " + err.Error(), Mend: mend(err)})
	}
	return append(out, ingest.Finding{OK: true, What: "the account's mentions can be read"})
}

// Permit implements ingest.Permitted. X does not tell when keys end; a token is
// renewed in time.
func (c *Client) Permit(ctx context.Context) (ingest.Permit, error) {
	me, err := c.api.me(ctx)
	if err != nil {
		return ingest.Permit{}, err
	}
	return ingest.Permit{Lacks: c.lacks(me)}, nil
}

// lacks are the permissions that the app needs and does not have, as X's
// developer portal names them.
func (c *Client) lacks(me person) (out []string) {
	if me.access != "" && !strings.Contains(me.access, "write") {
		out = append(out, "Read and write")
	}
	if me.access != "" && c.cfg.Private && !strings.Contains(me.access, "directmessages") {
		out = append(out, "Direct message")
	}
	return out
}

// mend says what to do about a failed read.
func mend(err error) string {
	switch kindOf(err) {
	case ingest.Dead:
		return "connect the account again, or copy its keys anew from X's developer portal"
	case ingest.Forbidden:
		return "look in X's developer portal at the app's permissions, its API access and its credits"
	case ingest.Throttled:
		return "wait and check again later"
	case ingest.Temporary:
		return "check this machine's network, then try again"
	default:
		return "check base_url, user and fields"
	}
}
