package instagram

import (
	"context"
	"strings"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

// The fields that are asked for of a Page and, with InstagramLogin, of me.
const (
	pageFields = "id,name,category,instagram_business_account{id}"
	meFields   = "id,user_id,username,account_type"
)

// Check looks whether the account can work: the token is valid, the account is a
// professional one and the configured one, and its media can be read. It changes
// nothing. What a later check would need and an earlier one lacks is not looked
// at.
func (c *Client) Check(ctx context.Context) []ingest.Finding {
	find := c.checkPage
	if c.cfg.Login == InstagramLogin {
		find = c.checkMe
	}
	found, ok := find(ctx)
	if !ok {
		return found
	}
	return append(found, c.checkMedia(ctx))
}

// checkPage looks at the Page and at the account that is connected to it.
func (c *Client) checkPage(ctx context.Context) (found []ingest.Finding, ok bool) {
	me, err := c.api.Read(ctx, "me", graph.Params{"fields": pageFields})
	account := me.Object("instagram_business_account").Text("id")
	switch {
	case graph.Wrong(err):
		return wrong("the token belongs to a person and not to a Page (code "+graph.CodeOf(err)+")",
			"use the Page's own token: GET /me/accounts with this one lists it; if it is the Page's own, check app_secret")
	case err != nil:
		return wrong(err.Error(), c.mend(err))
	case !me.Has("category"):
		return wrong("the token is not a Page's", "use the Page's own token, from GET /me/accounts")
	case me.Text("id") != c.cfg.Page:
		return wrong("the token belongs to another Page than the configured one", "correct page in the configuration, or use the token of that Page")
	case account == "":
		return wrong("no professional Instagram account is connected to the Page",
			"a personal account cannot be used: make it a professional one in the Instagram app, then connect it to the Page in the Page's settings")
	case account != c.cfg.Account:
		return wrong("another Instagram account is connected to the Page than the configured one",
			"correct account in the configuration, or connect the right one in the Page's settings")
	}
	return []ingest.Finding{
		{OK: true, What: "the token is valid and that of the configured Page"},
		{OK: true, What: "the configured Instagram account is a professional one and connected to the Page"},
	}, true
}

// me reads who we are with InstagramLogin. Meta's manual shows the answer as the
// only one of a list.
func (c *Client) me(ctx context.Context) (graph.Object, error) {
	o, err := c.api.Read(ctx, "me", graph.Params{"fields": meFields})
	if p, ok := graph.PageOf(o); ok && len(p.Data) == 1 {
		o = graph.ObjectOf(p.Data[0])
	}
	return o, err
}

// checkMe looks at the account whose own token it is.
func (c *Client) checkMe(ctx context.Context) (found []ingest.Finding, ok bool) {
	me, err := c.me(ctx)
	id, kind := me.Text("user_id"), strings.ToUpper(me.Text("account_type"))
	if id == "" {
		id = me.Text("id")
	}
	switch {
	case err != nil:
		return wrong(err.Error(), c.mend(err))
	case kind != "BUSINESS" && kind != "MEDIA_CREATOR":
		return wrong("the token is not that of a professional Instagram account",
			"make it a business or creator account in the Instagram app; a personal one cannot be used")
	case id != c.cfg.Account:
		return wrong("the token belongs to another Instagram account than the configured one",
			"correct account in the configuration, or use the token of that account")
	}
	return []ingest.Finding{{OK: true, What: "the token is valid and that of the configured professional account"}}, true
}

func wrong(what, mend string) ([]ingest.Finding, bool) {
	return []ingest.Finding{{What: what, Mend: mend}}, false
}

func (c *Client) checkMedia(ctx context.Context) ingest.Finding {
	o, err := c.api.Read(ctx, c.cfg.Account+"/media", graph.Params{"fields": checkFields, "limit": 1})
	if err != nil {
		return ingest.Finding{What: "the account's posts and comments cannot be read: " + err.Error(), Mend: c.mend(err)}
	}
	if _, ok := graph.PageOf(o); !ok {
		return ingest.Finding{What: "the list of the account's posts makes no sense", Mend: "check base_url and version"}
	}
	return ingest.Finding{OK: true, What: "the account's posts and comments can be read"}
}

// mend says what to do about a failed read.
func (c *Client) mend(err error) string {
	switch graph.KindOf(err) {
	case ingest.Dead:
		return "connect the account again, or put a new token into token_file and start the service anew"
	case ingest.Forbidden:
		return "grant the token " + strings.Join(c.cfg.Permissions(), ", ")
	case ingest.Throttled:
		return "wait and check again later"
	case ingest.Temporary:
		return "check this machine's network, then try again"
	default:
		return "check base_url, version and login"
	}
}
