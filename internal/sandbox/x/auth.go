package x

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// caller is who asks.
type caller struct {
	id     string // of the account; empty: an app, which may only read
	scopes uint64 // that were granted
}

// everything is granted where nothing was asked for.
const everything = ^uint64(0)

// authenticate finds out who asks and whether that is allowed at all.
func (c *call) authenticate() *problem {
	header := c.r.Header.Get("Authorization")
	kind, credentials, _ := strings.Cut(header, " ")
	var err *problem
	switch kind {
	case "Bearer":
		c.who, err = c.bearer(credentials)
	case "OAuth":
		c.who, err = caller{c.opt.UserID, everything}, c.signed(credentials)
	default:
		err = c.unknown(215, "Bad Authentication data.")
	}
	if err != nil {
		return err
	}
	if c.who.id != "" && c.on("token") == "revoked" {
		return c.unknown(89, "Invalid or expired token.")
	}
	return nil
}

// unknown refuses who asks, in the words of the version that is asked.
func (c *call) unknown(code int, message string) *problem {
	if c.old() {
		return old(http.StatusUnauthorized, code, message)
	}
	return unauthorized()
}

func (c *call) bearer(token string) (caller, *problem) {
	granted, lives := c.mint.Read("access", token, c.now())
	switch {
	case token == c.opt.AppToken:
		return caller{"", everything}, nil
	case token == c.opt.UserToken:
		return caller{c.opt.UserID, everything}, nil
	case lives:
		return caller{c.opt.UserID, granted}, nil
	case token == c.opt.PersonToken:
		return caller{number("Robin Manager"), everything}, nil
	}
	return caller{}, c.unknown(89, "Invalid or expired token.")
}

// mayCall checks what the caller may do on the endpoint.
func (c *call) mayCall(rt route) *problem {
	access := c.on("access")
	if c.who.id != "" {
		c.header["x-access-level"] = access
	}
	if c.who.id == "" && rt.needs != "" {
		return &problem{status: http.StatusForbidden, kind: "unsupported-authentication", title: "Unsupported Authentication",
			detail: "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."}
	}
	if c.on("enrolled") == "no" {
		return &problem{status: http.StatusForbidden, kind: "client-forbidden", title: "Client Forbidden",
			detail: "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project.",
			more:   map[string]any{"reason": "client-not-enrolled", "required_enrollment": "Appropriate Level of API Access"}}
	}
	if rt.writes() && access == "read" || rt.private() && access != "read-write-directmessages" {
		return c.noPermission()
	}
	if !scopes.Holds(c.who.scopes, reading) || rt.scope() && !scopes.Holds(c.who.scopes, rt.needs) {
		return forbidden("Forbidden")
	}
	if c.who.id != c.opt.UserID && rt.scope() {
		return forbidden(notAllowed) // what other accounts write is made by a control
	}
	return c.trouble(rt)
}

func (c *call) noPermission() *problem {
	switch {
	case c.old():
		return old(http.StatusForbidden, 261, "Application cannot perform write actions. Contact Twitter Platform Operations through https://help.twitter.com/forms/platform.")
	case strings.HasPrefix(c.r.Header.Get("Authorization"), "OAuth"):
		return &problem{status: http.StatusForbidden, kind: "oauth1-permissions", title: "Forbidden",
			detail: "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."}
	}
	return forbidden("You are not permitted to perform this action.")
}

// trouble refuses what an account in trouble may not do.
func (c *call) trouble(rt route) *problem {
	state := c.on("account")
	switch {
	case c.who.id == "":
	case state == "suspended":
		return old(http.StatusForbidden, 64, "Your account is suspended and is not permitted to access this feature.")
	case state == "locked":
		return old(http.StatusForbidden, 326, "To protect our users from spam and other malicious activity, this account is temporarily locked. Please log in to https://twitter.com to unlock your account.")
	case state == "automated" && rt.writes():
		return old(http.StatusForbidden, 226, "This request looks like it might be automated. To protect our users from spam and other malicious activity, we can't complete this action right now.")
	}
	return nil
}

// skew is how far the clock of a signed request may be off, and so how long a nonce
// is remembered.
const skew = 5 * time.Minute

// signed verifies OAuth 1.0a as RFC 5849 has it, for the public hosts as well as
// the one that was asked: what signs a request may sit before what sends it here.
func (c *call) signed(credentials string) *problem {
	auth := authParams(credentials)
	switch {
	case auth["oauth_consumer_key"] != c.opt.ConsumerKey, auth["oauth_signature_method"] != "HMAC-SHA1",
		auth["oauth_version"] != "" && auth["oauth_version"] != "1.0":
		return c.unknown(32, "Could not authenticate you.")
	case auth["oauth_token"] != c.opt.Token:
		return c.unknown(89, "Invalid or expired token.")
	}
	key := escaped(c.opt.ConsumerSecret) + "&" + escaped(c.opt.TokenSecret)
	params := signedParams(c.r, auth)
	right := slices.ContainsFunc([]string{"https://api.x.com", "https://api.twitter.com", "http://" + c.r.Host, "https://" + c.r.Host}, func(host string) bool {
		base := c.r.Method + "&" + escaped(strings.ToLower(host)+c.r.URL.EscapedPath()) + "&" + escaped(params)
		return hmac.Equal([]byte(sign(key, base)), []byte(auth["oauth_signature"]))
	})
	if !right {
		return c.unknown(32, "Could not authenticate you.")
	}
	return c.fresh(auth)
}

// fresh refuses an old request and one that was sent before.
func (c *call) fresh(auth map[string]string) *problem {
	now := c.now()
	seconds, err := strconv.ParseInt(auth["oauth_timestamp"], 10, 64)
	if at := time.Unix(seconds, 0); err != nil || at.Before(now.Add(-skew)) || at.After(now.Add(skew)) {
		return old(http.StatusUnauthorized, 135, "Timestamp out of bounds.")
	}
	for nonce, used := range c.nonces {
		if used.Before(now.Add(-2 * skew)) {
			delete(c.nonces, nonce)
		}
	}
	if _, again := c.nonces[auth["oauth_nonce"]]; again || auth["oauth_nonce"] == "" {
		return c.unknown(32, "Could not authenticate you.")
	}
	c.nonces[auth["oauth_nonce"]] = now
	return nil
}

// authParams reads what stands in the header.
func authParams(credentials string) map[string]string {
	out := map[string]string{}
	for pair := range strings.SplitSeq(credentials, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		plain, err := url.PathUnescape(strings.Trim(value, `"`))
		if err == nil {
			out[name] = plain
		}
	}
	return out
}

// signedParams are all parameters that are signed, as RFC 5849 3.4.1.3.2 puts them:
// those of the header, the query and a form, but not of a JSON body.
func signedParams(r *http.Request, auth map[string]string) string {
	var pairs [][2]string
	for name, value := range auth {
		if name != "realm" && name != "oauth_signature" {
			pairs = append(pairs, [2]string{escaped(name), escaped(value)})
		}
	}
	form := url.Values{}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind == "application/x-www-form-urlencoded" {
		form = r.PostForm
	}
	for _, values := range []url.Values{r.URL.Query(), form} {
		for name, several := range values {
			for _, value := range several {
				pairs = append(pairs, [2]string{escaped(name), escaped(value)})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p[0] + "=" + p[1]
	}
	return strings.Join(parts, "&")
}

// escaped encodes as RFC 5849 3.6 does.
func escaped(text string) string {
	const hex, plain = "0123456789ABCDEF", "-._~"
	var out strings.Builder
	for _, b := range []byte(text) {
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte(plain, b) >= 0 {
			out.WriteByte(b)
			continue
		}
		out.Write([]byte{'%', hex[b>>4], hex[b&15]})
	}
	return out.String()
}

func sign(key, base string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(base))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
