package oauth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
)

// Pages gets the token of a Facebook Page from the token of a person who manages
// it. It lasts as long as she does: it ends when she changes her password, gives
// up the Page, or withdraws the app.
type Pages struct {
	// BaseURL is where the Graph API answers, with its version.
	BaseURL string
	// AppID and Secret are the app's.
	AppID, Secret string
	HTTP          *ingest.HTTP
	// Now is the clock.
	Now func() time.Time
}

// tasks are those that a person needs on a Page.
var tasks = []string{"MODERATE", "MESSAGING"}

const mostPages = 50 // of the list of a person's Pages

// Exchange gets the token of the Page from one that a person's consent gave, and
// tells which of the tasks she needs there she has not. Hers is made to last
// before: the Page's lasts no longer otherwise.
func (p *Pages) Exchange(ctx context.Context, consent ingest.Grant, page string) (g ingest.Grant, lacks []string, err error) {
	hers, err := p.lasting(ctx, consent.Access)
	if err != nil {
		return g, nil, err
	}
	query := url.Values{"fields": {"id,access_token,tasks"}, "limit": {"100"}, "appsecret_proof": {p.proof(hers.Access)}}
	for range mostPages {
		x := p.get(ctx, "/me/accounts", query, hers.Access)
		a := answerOf(x.Body)
		if _, failed := a.code(); !x.OK() || failed || a == nil {
			return g, nil, judge(x, a, p.Now())
		}
		for _, one := range a.list("data") {
			if one.text("id") == page && one.text("access_token") != "" {
				return ingest.Grant{Access: one.text("access_token"), Made: p.Now()}, one.lacks(tasks), nil
			}
		}
		var paging struct {
			Cursors struct{ After string }
			Next    string
		}
		_ = json.Unmarshal(a["paging"], &paging)
		if paging.Next == "" || paging.Cursors.After == "" || paging.Cursors.After == query.Get("after") {
			break
		}
		query.Set("after", paging.Cursors.After) // the address in next holds the token
	}
	return g, nil, &ingest.ReadError{Kind: ingest.Forbidden,
		Why: "whoever consented does not manage the configured Page, or did not tick it when asked; connect again as somebody who does, and tick the Page"}
}

// lacks are those tasks that a Page in the list does not have; none where it does
// not tell.
func (a answer) lacks(needed []string) (lacks []string) {
	var has []string
	if json.Unmarshal(a["tasks"], &has) != nil {
		return nil
	}
	for _, task := range needed {
		if !slices.Contains(has, task) {
			lacks = append(lacks, task)
		}
	}
	return lacks
}

// lasting exchanges a token that lasts an hour for one that lasts 60 days.
func (p *Pages) lasting(ctx context.Context, short string) (ingest.Grant, error) {
	query := url.Values{"grant_type": {"fb_exchange_token"}, "client_id": {p.AppID}, "client_secret": {p.Secret}, "fb_exchange_token": {short}}
	return grantOf(p.get(ctx, "/oauth/access_token", query, ""), p.Now())
}

// proof shows that whoever uses a token has the app's secret too.
func (p *Pages) proof(token string) string {
	mac := hmac.New(sha256.New, []byte(p.Secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

func (p *Pages) get(ctx context.Context, path string, query url.Values, token string) ingest.Exchange {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(p.BaseURL, "/")+path+"?"+query.Encode(), http.NoBody)
	if err != nil { // the error holds the address
		return ingest.Exchange{Err: ingest.ErrUnreachable}
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return p.HTTP.Do(req)
}
