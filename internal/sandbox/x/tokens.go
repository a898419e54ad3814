package x

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
	"triage/internal/sandbox/consent"
)

const (
	consentPath = "/i/oauth2/authorize"
	tokenPath   = "/2/oauth2/token"
	// reading is what every call of version 2 needs.
	reading = "tweet.read users.read"
)

var scopes = consent.Scopes{"tweet.read", "users.read", "tweet.write", "tweet.moderate.write", "dm.read", "dm.write", "offline.access",
	"block.read", "block.write", "bookmark.read", "bookmark.write", "broadcast.read", "broadcast.write", "follows.read", "follows.write",
	"like.read", "like.write", "list.read", "list.write", "media.write", "mute.read", "mute.write", "space.read", "timeline.read"}

// first are the scopes of the refresh token that is there from the start.
var first, _ = scopes.Read(reading + " tweet.write tweet.moderate.write dm.read dm.write offline.access")

// ask is GET /i/oauth2/authorize, and POST with the button that was pressed.
func (x *X) ask(r *http.Request) board.Reply {
	q := r.URL.Query()
	if wrong := x.wrong(r.Method, q); wrong != nil {
		return wrong.Show()
	}
	set, _ := scopes.Read(q.Get("scope"))
	ask := consent.Ask{Redirect: q.Get("redirect_uri"), State: q.Get("state"), Challenge: q.Get("code_challenge"), Scopes: set,
		Offline: scopes.Holds(set, "offline.access")}
	page := consent.Page{Platform: "X", App: "The app " + x.opt.ClientID, Account: x.opt.Name + " (@" + x.opt.Username + ")", Wishes: scopes.Names(set)}
	return x.desk.Decide(r, x.on("consent"), ask, page, nil)
}

// wrong says what is wrong with a request for consent; nil: nothing. X itself tells
// no more than that something went wrong.
func (x *X) wrong(method string, q url.Values) *consent.Refusal {
	_, unknown := scopes.Read(q.Get("scope"))
	for _, c := range []struct {
		wrong bool
		why   string
	}{
		{method != http.MethodGet && method != http.MethodPost, "The method is not GET."},
		{q.Get("client_id") != x.opt.ClientID, "There is no client with this client_id."},
		{!consent.Loopback(q.Get("redirect_uri"), "127.0.0.1", "::1"), "The redirect_uri is not one that the app has: for an app on this machine X takes http://127.0.0.1, not localhost."},
		{q.Get("response_type") != "code", "The response_type is not code."},
		{q.Get("state") == "" || len(q.Get("state")) > 500, "The state is missing or longer than 500 characters."},
		{q.Get("scope") == "", "The scope is missing."},
		{unknown != nil, "There are no such scopes: " + strings.Join(unknown, " ")},
		{q.Get("code_challenge_method") != "S256" || !consent.IsChallenge(q.Get("code_challenge")), "The sandbox needs a code_challenge of 43 characters, with code_challenge_method=S256."},
	} {
		if c.wrong {
			return &consent.Refusal{Platform: "X", Status: http.StatusBadRequest, Kind: "Something went wrong", Why: "You weren't able to give access to the app. " + c.why}
		}
	}
	return nil
}

// giveTokens is POST /2/oauth2/token.
func (x *X) giveTokens(r *http.Request) board.Reply {
	switch {
	case r.Method != http.MethodPost:
		return refuse(http.StatusMethodNotAllowed, "invalid_request", "Use POST.")
	case !x.isClient(r):
		return refuse(http.StatusUnauthorized, "unauthorized_client", "Missing valid authorization header")
	}
	switch r.PostFormValue("grant_type") {
	case "refresh_token":
		return x.refresh(r.PostFormValue("refresh_token"))
	case "authorization_code":
		return x.redeem(r.PostForm)
	}
	return refuse(http.StatusBadRequest, "unsupported_grant_type", "Value passed for the grant type was invalid.")
}

func refuse(status int, kind, why string) board.Reply {
	return tokenReply(status, object{"error": kind, "error_description": why})
}

func tokenReply(status int, body object) board.Reply {
	return board.Reply{Status: status, Header: map[string]string{"Content-Type": "application/json;charset=UTF-8"}, Body: encode(body)}
}

// isClient: a public client names itself in the form, a confidential one has a
// secret in the header.
func (x *X) isClient(r *http.Request) bool {
	if id, secret, ok := r.BasicAuth(); ok {
		return id == x.opt.ClientID && secret == x.opt.ClientSecret
	}
	return x.on("client") == "public" && r.PostFormValue("client_id") == x.opt.ClientID
}

// redeem gives tokens for a code, which is dead afterwards.
func (x *X) redeem(form url.Values) board.Reply {
	for _, name := range []string{"code", "redirect_uri", "code_verifier"} {
		if form.Get(name) == "" {
			return refuse(http.StatusBadRequest, "invalid_request", "Missing required parameter ["+name+"].")
		}
	}
	ask, ok := x.desk.Take(form.Get("code"))
	why := ""
	switch {
	case !ok:
		why = "Value passed for the authorization code was invalid."
	case form.Get("redirect_uri") != ask.Redirect:
		why = "Value passed for the redirect uri did not match the uri of the authorization code."
	case !ask.Proves(form.Get("code_verifier")):
		why = "Value passed for the code verifier did not match the code challenge."
	}
	if why != "" {
		return refuse(http.StatusBadRequest, x.on("code-error"), why)
	}
	return tokenReply(http.StatusOK, x.pair(ask.Scopes))
}

// refresh gives tokens for a refresh token, which dies with that.
func (x *X) refresh(token string) board.Reply {
	set, ok := x.mint.Read("refresh", token, x.now())
	if token == x.opt.RefreshToken {
		set, ok = first, true
	}
	if !ok || x.board.Settings[x.Name()][usedKey(token)] != "" || x.on("token") != "good" {
		return refuse(http.StatusBadRequest, x.on("refresh-error"), "Value passed for the token was invalid.")
	}
	if err := x.board.Write(board.Record{Op: board.Setting, ID: x.Name(), Key: usedKey(token), Text: "yes"}); err != nil {
		x.opt.Log.Error("could not write the log", zap.Error(err))
		return refuse(http.StatusInternalServerError, "server_error", "Internal error")
	}
	return tokenReply(http.StatusOK, x.pair(set))
}

// pair makes an access token and, with the scope for it, the next refresh token.
func (x *X) pair(set uint64) object {
	life := x.span("token-life")
	out := object{"token_type": "bearer", "expires_in": int(life.Seconds()), "scope": scopes.Text(set),
		"access_token": x.mint.Make("access", x.now().Add(life), set)}
	if scopes.Holds(set, "offline.access") {
		out["refresh_token"] = x.mint.Make("refresh", time.Time{}, set)
	}
	return out
}

// usedKey remembers a token without keeping it.
func usedKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "used:" + hex.EncodeToString(sum[:8])
}
