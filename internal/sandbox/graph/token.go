package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kinds of tokens.
const (
	pageToken      = "PAGE"
	userToken      = "USER"
	appToken       = "APP"
	instagramToken = "INSTAGRAM"
)

// refreshedLife is how long a token of an Instagram account is good.
const refreshedLife = 60 * day

// kindOf tells whose a token is; empty: nobody's.
func (g *Graph) kindOf(token string) string {
	switch {
	case token == g.opt.Token, token == ExpiredToken:
		return pageToken
	case token == g.opt.UserToken:
		return userToken
	case token == g.opt.AppID+"|"+g.opt.AppSecret:
		return appToken
	case token == g.opt.InstagramToken:
		return instagramToken
	}
	if issued, ok := g.refreshedAt(token); ok && !issued.IsZero() {
		return instagramToken
	}
	return ""
}

// issue makes another token of the account. It carries when it was made, so that
// nothing has to be remembered.
func (g *Graph) issue(at time.Time) string {
	stamp := fmt.Sprintf("%s.%d", g.opt.InstagramToken, at.Unix())
	return stamp + "." + g.sign(stamp)[:8]
}

// refreshedAt tells when another token of the account was made.
func (g *Graph) refreshedAt(token string) (time.Time, bool) {
	rest, ok := strings.CutPrefix(token, g.opt.InstagramToken+".")
	stamp, _, _ := strings.Cut(rest, ".")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	at := time.Unix(seconds, 0)
	return at, ok && err == nil && g.issue(at) == token
}

// ends is when a token ends; zero: never.
func (g *Graph) ends(token string) time.Time {
	if issued, ok := g.refreshedAt(token); ok {
		return issued.Add(refreshedLife)
	}
	var at time.Time
	switch token {
	case ExpiredToken:
		at = g.opt.now().Add(-time.Hour)
	case g.opt.Token:
		_, at = g.passed(facebook, "token-ends")
	case g.opt.InstagramToken:
		_, at = g.passed(instagram, "token-ends")
	}
	return at
}

// dead says why a token is not accepted any more; nil: it is.
func (g *Graph) dead(token string) *graphError {
	if token == "" {
		return failed(104, 0, "An access token is required to request this resource.")
	}
	kind := g.kindOf(token)
	why := "good"
	switch kind {
	case "":
		return failed(190, 0, "Invalid OAuth access token - Cannot parse access token")
	case pageToken:
		why = g.on(facebook, "token")
	case instagramToken:
		why = g.on(instagram, "token")
	}
	if ends := g.ends(token); !ends.IsZero() && !g.opt.now().Before(ends) {
		why = "463"
	}
	switch why {
	case "good":
		return nil
	case "102":
		return failed(102, 0, "Session key invalid or no longer valid")
	case "463":
		return failed(190, 463, "Error validating access token: Session has expired on %s.", g.ends(token).Format(time.RFC1123))
	}
	subcode, _ := strconv.Atoi(why)
	return failed(190, subcode, "Error validating access token: The session has been invalidated.")
}

// admit checks token, proof and rate limit before anything else is looked at.
func (c *call) admit() *graphError {
	if err := c.dead(c.token); err != nil {
		return err
	}
	c.kind = c.kindOf(c.token)
	proof, sent := c.args["appsecret_proof"]
	switch {
	case sent && !hmac.Equal([]byte(proof), []byte(c.sign(c.token))):
		return graphMethod(failed(100, 0, "Invalid appsecret_proof provided in the API argument"))
	case !sent && c.kind == pageToken && c.Graph.on(facebook, "proof") == "required":
		return graphMethod(failed(100, 0, "API calls from the server require an appsecret_proof argument"))
	}
	return c.tooMany()
}

// sign is what appsecret_proof must be for a token.
func (g *Graph) sign(token string) string {
	mac := hmac.New(sha256.New, []byte(g.opt.AppSecret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// person answers /me and /me/accounts for the token of a person.
func (c *call) person() (any, *graphError) {
	if c.kind != userToken {
		return nil, failed(2500, 0, "An active access token must be used to query information about the current user.")
	}
	fields, err := parseFields(c.args["fields"])
	if err != nil {
		return nil, err
	}
	if len(c.path) == 2 && c.path[1] == "accounts" {
		return c.accounts(fields)
	}
	return show("9", fields, func(f field) (any, *graphError) {
		if f.name == "name" || f.name == "id" {
			return map[string]any{"id": "9", "name": "Robin Manager"}[f.name], nil
		}
		return nil, errField(f.name, "User")
	})
}

// accounts are the Pages that the person manages, with their tokens.
func (c *call) accounts(fields []field) (any, *graphError) {
	if len(fields) == 0 {
		fields, _ = parseFields("access_token,category,name,id,tasks")
	}
	page, err := show(c.opt.PageID, fields, func(f field) (any, *graphError) {
		if f.name != "tasks" {
			return c.pageField(f)
		}
		tasks := slices.Concat(pageTasks, []string{"ANALYZE", "MANAGE"})
		return slices.DeleteFunc(tasks, c.lacks), nil
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"data": []any{page}, "paging": map[string]any{"cursors": map[string]string{"before": "QUFB", "after": "QUFB"}}}, nil
}

// debugToken says what a token is.
func (c *call) debugToken() (any, *graphError) {
	token := c.args["input_token"]
	dead := c.dead(token)
	data := map[string]any{"is_valid": dead == nil, "scopes": []string{}}
	if kind := c.kindOf(token); kind == pageToken || kind == userToken {
		c.describe(token, kind, data)
	}
	if dead != nil {
		data["error"] = map[string]any{"code": dead.Code, "message": dead.Message, "subcode": dead.Subcode}
	}
	return map[string]any{"data": data}, nil
}

// describe fills in what a token of the Page or of a person is good for.
func (c *call) describe(token, kind string, data map[string]any) {
	var ends int64 // 0: never
	if at := c.ends(token); !at.IsZero() {
		ends = at.Unix()
	}
	_, access := c.passed(facebook, "data-access-ends")
	if access.IsZero() {
		access = c.opt.now().Add(90 * day)
	}
	scopes := slices.DeleteFunc(slices.Clone(pageScopes), c.lacks)
	data["app_id"], data["application"], data["user_id"], data["type"] = c.opt.AppID, "triage", "9", kind
	data["issued_at"], data["expires_at"], data["data_access_expires_at"] = c.opt.now().Add(-time.Hour).Unix(), ends, access.Unix()
	data["scopes"], data["granular_scopes"] = scopes, c.granular(scopes)
	if kind == pageToken {
		data["profile_id"] = c.opt.PageID
	}
}

// granular tells for which Page or account each permission is given; one without
// targets is given for all.
func (c *call) granular(scopes []string) []any {
	out := []any{}
	for _, scope := range scopes {
		one := map[string]any{"scope": scope}
		target := c.opt.PageID
		if strings.HasPrefix(scope, "instagram_") {
			target = c.opt.InstagramID
		}
		switch c.Graph.on(facebook, "targets") {
		case "page":
			one["target_ids"] = []string{target}
		case "other":
			one["target_ids"] = []string{"999000999000999"}
		}
		out = append(out, one)
	}
	return out
}

// refresh gives another token of the Instagram account, good for sixty days.
func (c *call) refresh() (any, *graphError) {
	issued, again := c.refreshedAt(c.token)
	if !again {
		age, _ := time.ParseDuration(c.Graph.on(instagram, "token-age"))
		issued = c.opt.now().Add(-age)
	}
	switch {
	case c.kind != instagramToken:
		return nil, failed(190, 0, "Invalid OAuth access token - Cannot parse access token")
	case c.method != http.MethodGet:
		return nil, unsupported(c.method)
	case c.args["grant_type"] != "ig_refresh_token":
		return nil, failed(100, 0, "(#100) Param grant_type must be one of {IG_REFRESH_TOKEN}")
	case c.opt.now().Sub(issued) < day:
		return nil, failed(100, 0, "(#100) The access token must be at least 24 hours old to be refreshed")
	}
	if err := c.need(10, "instagram_business_basic"); err != nil {
		return nil, err
	}
	return map[string]any{"access_token": c.issue(c.opt.now()), "token_type": "bearer", "expires_in": int(refreshedLife.Seconds())}, nil
}
