// Package graph makes the calls to Meta's Graph API that Facebook and Instagram
// have in common, and judges what is answered. What a Page or an Instagram
// account is, and which fields it has, is its callers' business.
//
// The library github.com/huandu/facebook/v2 builds the requests. It is not
// asked what an answer means: it takes several failures for success and follows
// addresses the server names, so every answer is recorded on its way to the
// library and judged here (see errors.go).
package graph

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	fb "github.com/huandu/facebook/v2"

	"triage/internal/ingest"
)

// Options are what an API is made of.
type Options struct {
	// Words are how the platform is spoken of.
	Words Words
	// BaseURL is where the API answers, with or without a slash at the end, and
	// Version is put in front of every path.
	BaseURL, Version string
	// AppID and AppSecret are those of the app the tokens were made for. The
	// secret adds a proof to every call; both together tell more about a token.
	// Either may be empty.
	AppID, AppSecret string
	// Tokens are what the API speaks with.
	Tokens ingest.Tokens
	// HTTP brings the transport; nil means Go's default one.
	HTTP *http.Client
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// Words are how sentences name the platform and what is connected there, such
// as "Facebook" and "Page".
type Words struct{ Platform, Account string }

// API makes calls for one account. It may be used concurrently.
type API struct {
	opt   Options
	http  *ingest.HTTP
	words *strings.Replacer

	mu    sync.Mutex
	used  int       // percent, as last reported
	told  time.Time // when
	reset time.Time // when the platform said that it grants anew
}

// New makes an API. Nothing is called yet.
func New(opt Options) *API {
	opt.BaseURL = strings.TrimRight(opt.BaseURL, "/") + "/"
	opt.AppID, opt.AppSecret = strings.TrimSpace(opt.AppID), strings.TrimSpace(opt.AppSecret)
	if opt.Now == nil {
		opt.Now = time.Now
	}
	words := strings.NewReplacer("{platform}", opt.Words.Platform, "{account}", opt.Words.Account)
	return &API{opt: opt, http: ingest.NewHTTP(opt.HTTP), words: words}
}

// Params are the parameters of one call. A value that is no string is sent as
// JSON.
type Params map[string]any

// request is one call.
type request struct {
	method fb.Method
	path   string
	params Params
}

// call makes one request as token. Session and parameters are made anew for
// each: the library writes the token into the parameters it is given, and its
// sessions are not for sharing. The token travels in a header, never in an
// address.
func (a *API) call(ctx context.Context, token string, r request) ingest.Exchange {
	carry := &carrier{http: a.http}
	session := fb.New(a.opt.AppID, a.opt.AppSecret).Session(token).WithContext(ctx)
	session.HttpClient, session.BaseURL, session.Version = carry, a.opt.BaseURL, a.opt.Version
	session.UseAuthorizationHeader()
	if a.opt.AppSecret != "" {
		_ = session.EnableAppsecretProof(true) // fails without an app only
	}
	fresh := fb.Params{}
	maps.Copy(fresh, fb.Params(r.params))
	// The library's own verdict is unsafe in both directions: see errors.go.
	_, _ = session.Api(r.path, r.method, fresh)
	a.meter(carry.got)
	return carry.got
}

// Read makes one GET and gives the object that came back. When the platform
// refuses the token as dead and another one is to be had, it asks once more with
// that. The error is a *ingest.ReadError unless it came from the tokens.
func (a *API) Read(ctx context.Context, path string, p Params) (Object, error) {
	token, err := a.opt.Tokens.Token(ctx)
	if err != nil {
		return nil, err
	}
	o, err := a.readAs(ctx, token, path, p)
	if KindOf(err) != ingest.Dead {
		return o, err
	}
	other, why := a.another(ctx, token)
	switch {
	case why == nil:
		return a.readAs(ctx, other, path, p)
	case KindOf(why) == ingest.Dead:
		return nil, err // it says more about what happened to the token
	default:
		return nil, why
	}
}

func (a *API) readAs(ctx context.Context, token, path string, p Params) (Object, error) {
	x := a.call(ctx, token, request{fb.GET, path, p})
	o := ObjectOf(x.Body)
	if err := a.readError(x, o); err != nil {
		return nil, err
	}
	return o, nil
}

// another gives a token in place of one that the platform refused as dead.
func (a *API) another(ctx context.Context, token string) (string, error) {
	other, err := a.opt.Tokens.Refused(ctx, token)
	if err == nil && (other == "" || other == token) {
		return "", &ingest.ReadError{Kind: ingest.Dead, Why: a.say("there is no other token for the {account}; connect it again")}
	}
	return other, err
}

// Order is one write.
type Order struct {
	Path   string
	Params Params
	Delete bool
	// Made is the field of the answer with the id of what was made; empty: the
	// answer has success.
	Made string
	// Wrong words it where the platform says no more than that it does not take
	// the request; empty: in general terms.
	Wrong string
}

// Write makes the request, once, whatever comes of it. It is done only when the
// answer says so.
func (a *API) Write(ctx context.Context, w Order) ingest.Outcome {
	token, err := a.opt.Tokens.Token(ctx)
	if err != nil {
		return a.withoutToken(err)
	}
	method := fb.POST
	if w.Delete {
		method = fb.DELETE
	}
	x := a.call(ctx, token, request{method, w.Path, w.Params})
	o := ObjectOf(x.Body)
	id := o.Text(w.Made)
	done := w.Made != "" && id != "" || w.Made == "" && o.Flag("success")
	if x.OK() && done && !failureOf(o).known {
		return ingest.Outcome{Result: ingest.Done, Item: id}
	}
	out, dead := a.outcome(x, o, w.Wrong)
	if !dead {
		return out
	}
	if _, err := a.another(ctx, token); err == nil {
		out.Result, out.StopPosting, out.After = ingest.Later, false, unreached
		out.Why = a.say("{platform} no longer accepted the {account}'s token and there is a new one; nothing was sent and nothing is to do, it is tried again by itself")
	}
	return out
}

// Escape makes an id one part of a path, whatever is in it.
func Escape(id string) string { return url.PathEscape(id) }

// carrier stands between the library and the network: it records the answer
// and shows the library an empty object, so that nothing a server sends is
// parsed twice, grows twice in memory or reaches code that we did not harden.
type carrier struct {
	http *ingest.HTTP
	got  ingest.Exchange
}

// Do sends the library's request.
func (c *carrier) Do(req *http.Request) (*http.Response, error) {
	c.got = c.http.Do(req)
	if c.got.Err != nil {
		return nil, c.got.Err
	}
	return &http.Response{StatusCode: c.got.Status, Header: c.got.Header, Request: req, Body: io.NopCloser(bytes.NewReader([]byte("{}")))}, nil
}

// Get is part of the library's interface and never called by it.
func (c *carrier) Get(string) (*http.Response, error) { return nil, errUnused }

// Post is part of the library's interface and never called by it.
func (c *carrier) Post(string, string, io.Reader) (*http.Response, error) { return nil, errUnused }

var errUnused = errors.New("only Do is used")
