// Package facebook reads the comments on one Facebook Page and does what was
// approved about them, in the words of Meta's Graph API: Page, post, comment.
// How a call is made and a failure judged is in package graph.
//
// Recommendations (reviews) of the Page are not read: the Graph API gives none
// since version 22.0.
package facebook

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

// Platform is the platform's name in comments.
const Platform = "facebook"

// Options are what a Client is given besides its section.
type Options struct {
	// HTTP brings the transport; nil means Go's default one.
	HTTP *http.Client
	Log  *zap.Logger
	// Account is the name of the account in the configuration.
	Account string
	// Tokens give the Page's token; nil: always that of the section.
	Tokens ingest.Tokens
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// Client reads and acts for one Page. It may be used concurrently.
type Client struct {
	cfg     Config
	api     *graph.API
	log     *zap.Logger
	account string
	now     func() time.Time

	mu      sync.Mutex
	refused map[string]time.Time // lists we may not read, and since when
	looked  map[string]time.Time // lists besides the feed, and when they were last read
	whole   []string             // posts that the last sweep read to their end
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

// New makes the client of a Page. cfg.Token must hold the token by now, unless
// opt.Tokens gives it.
func New(cfg Config, opt Options) (*Client, error) {
	cfg = cfg.filled()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	token := strings.TrimSpace(cfg.Token)
	if token == "" && opt.Tokens == nil {
		return nil, errors.New("the Page's token is missing: set token or token_file")
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
		Words: graph.Words{Platform: "Facebook", Account: "Page"}, BaseURL: cfg.BaseURL, Version: cfg.Version,
		AppID: cfg.AppID, AppSecret: cfg.AppSecret, Tokens: opt.Tokens, HTTP: opt.HTTP, Now: opt.Now,
	})
	return &Client{
		cfg: cfg, api: api, account: opt.Account, now: opt.Now, log: opt.Log.With(zap.String("account", opt.Account)),
		refused: map[string]time.Time{}, looked: map[string]time.Time{},
	}, nil
}

// Meter implements ingest.Metered. What it says of the limits is Meta's word in
// the usage headers of the last answer.
func (c *Client) Meter() ingest.Meter { return c.api.Meter() }

// Permissions are those that the Page's token needs, as Meta names them.
func Permissions() []string {
	return []string{"pages_read_engagement", "pages_read_user_content", "pages_manage_engagement", "pages_messaging"}
}

// Permit implements ingest.Permitted by asking Meta's debug_token: as the app
// where app_id and app_secret are configured, otherwise with the token itself,
// which Meta may refuse. The token ends when it expires or when Meta closes the
// access to people's data with it, whichever is first.
func (c *Client) Permit(ctx context.Context) (ingest.Permit, error) {
	return c.api.Permit(ctx, Permissions(), []string{c.cfg.Page})
}
