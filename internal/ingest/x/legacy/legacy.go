// Package legacy speaks version 1.1 of X's API, for the few accounts for which
// X still answers it.
//
// The library github.com/dghubble/go-twitter builds the requests. It is not
// asked what an answer means: it takes failures for success, so every answer is
// recorded on its way to the library, which sees none of it. What a record says
// is for the caller to judge.
package legacy

import (
	"context"
	"net/http"
	"net/url"

	"github.com/dghubble/go-twitter/twitter"
	"github.com/dghubble/oauth1"

	"triage/internal/ingest"
)

// Keys are those of an app and of the account that let it in (OAuth 1.0a).
type Keys struct{ ConsumerKey, ConsumerSecret, AccessToken, AccessSecret string }

// Client makes requests for one account. It may be used concurrently.
type Client struct {
	http *ingest.HTTP
	base *url.URL
	keys Keys
}

// New makes a Client whose requests go to base instead of the library's own
// constant. They are signed as if they went to https://api.twitter.com, whose
// name a stand-in has to use when it looks at a signature.
func New(h *ingest.HTTP, base *url.URL, keys Keys) *Client {
	return &Client{http: h, base: base, keys: keys}
}

// Window is a part of a list: newer than the post Since, and no newer than the
// post Until. Zero leaves a side open.
type Window struct{ Since, Until int64 }

// atOnce is how many posts are asked for: as many as X gives.
const atOnce = 200

// extended asks for whole texts.
const extended = "extended"

// Mentions asks for the newest mentions of the account in a window.
func (c *Client) Mentions(ctx context.Context, w Window) ingest.Exchange {
	return c.call(ctx, func(t *twitter.Client) {
		_, _, _ = t.Timelines.MentionTimeline(&twitter.MentionTimelineParams{
			Count: atOnce, SinceID: w.Since, MaxID: w.Until, TweetMode: extended,
		})
	})
}

// Posts asks for the newest posts of the account with that id in a window, what
// it repeated of others too: X would leave that out after it counted, and a page
// of nothing else would look like the end.
func (c *Client) Posts(ctx context.Context, user int64, w Window) ingest.Exchange {
	return c.call(ctx, func(t *twitter.Client) {
		_, _, _ = t.Timelines.UserTimeline(&twitter.UserTimelineParams{
			UserID: user, Count: atOnce, SinceID: w.Since, MaxID: w.Until, IncludeRetweets: twitter.Bool(true), TweetMode: extended,
		})
	})
}

// Show asks for one post, and learns why it is not shown.
func (c *Client) Show(ctx context.Context, id int64) ingest.Exchange {
	return c.call(ctx, func(t *twitter.Client) {
		_, _, _ = t.Statuses.Show(id, &twitter.StatusShowParams{TweetMode: extended})
	})
}

// Lookup asks for up to 100 posts. Those that are not shown are left out of the
// answer, whatever the reason.
func (c *Client) Lookup(ctx context.Context, ids []int64) ingest.Exchange {
	return c.call(ctx, func(t *twitter.Client) {
		_, _, _ = t.Statuses.Lookup(ids, &twitter.StatusLookupParams{TweetMode: extended})
	})
}

// Reply answers the post with that id; X puts the names in front by itself.
func (c *Client) Reply(ctx context.Context, to int64, text string) ingest.Exchange {
	return c.call(ctx, func(t *twitter.Client) {
		_, _, _ = t.Statuses.Update(text, &twitter.StatusUpdateParams{
			InReplyToStatusID: to, AutoPopulateReplyMetadata: twitter.Bool(true),
		})
	})
}

// Destroy deletes a post of the account.
func (c *Client) Destroy(ctx context.Context, id int64) ingest.Exchange {
	return c.call(ctx, func(t *twitter.Client) { _, _, _ = t.Statuses.Destroy(id, nil) })
}

// Verify asks whose keys these are.
func (c *Client) Verify(ctx context.Context) ingest.Exchange {
	return c.call(ctx, func(t *twitter.Client) {
		_, _, _ = t.Accounts.VerifyCredentials(&twitter.AccountVerifyParams{SkipStatus: twitter.Bool(true)})
	})
}

// call lets the library make one request and gives the record of it. Everything
// is made anew for each, for the library knows no context.
func (c *Client) call(ctx context.Context, ask func(*twitter.Client)) ingest.Exchange {
	carry := &carrier{http: c.http, base: c.base, ctx: ctx}
	inner := context.WithValue(ctx, oauth1.HTTPClient, &http.Client{Transport: carry})
	signer := oauth1.NewConfig(c.keys.ConsumerKey, c.keys.ConsumerSecret).
		Client(inner, oauth1.NewToken(c.keys.AccessToken, c.keys.AccessSecret))
	ask(twitter.NewClient(signer))
	return carry.got
}

// carrier stands between the library and the network: it sends a signed request
// to where it belongs, once, and records the answer. The library is told that
// there is nothing in it.
type carrier struct {
	http *ingest.HTTP
	base *url.URL
	ctx  context.Context // the library's requests carry none
	got  ingest.Exchange
}

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req.Clone(c.ctx)
	sent.URL.Scheme, sent.URL.Host, sent.Host = c.base.Scheme, c.base.Host, ""
	sent.URL.Path = c.base.Path + sent.URL.Path
	c.got = c.http.Do(sent)
	if c.got.Err != nil {
		return nil, c.got.Err
	}
	return &http.Response{StatusCode: http.StatusNoContent, Request: req, Header: http.Header{}, Body: http.NoBody}, nil
}
