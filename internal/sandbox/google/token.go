package google

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
	"triage/internal/sandbox/consent"
)

const (
	consentPath = "/o/oauth2/v2/auth"
	tokenPath   = "/token"
	manage      = "https://www.googleapis.com/auth/business.manage"
	managePlus  = "https://www.googleapis.com/auth/plus.business.manage" // its older name
	// consented remembers that the owner let the app in once.
	consented = "consented"
)

var scopes = consent.Scopes{manage, managePlus, "openid", "email", "profile"}

// manages reports whether a token may be used for the profile.
func manages(set uint64) bool { return scopes.Holds(set, manage) || scopes.Holds(set, managePlus) }

// ask is GET /o/oauth2/v2/auth, and POST with the button that was pressed.
func (g *Google) ask(r *http.Request) board.Reply {
	q := r.URL.Query()
	if wrong := g.wrong(r.Method, q); wrong != nil {
		return wrong.Show()
	}
	set, _ := scopes.Read(q.Get("scope"))
	ask := consent.Ask{Redirect: q.Get("redirect_uri"), State: q.Get("state"), Challenge: q.Get("code_challenge"), Scopes: set,
		Offline: q.Get("access_type") == "offline" && (strings.Contains(q.Get("prompt"), "consent") || g.board.Settings[g.Name()][consented] == "")}
	page := consent.Page{Platform: "Google", App: "The app " + g.opt.ClientID, Account: g.opt.Name, Wishes: scopes.Names(set)}
	return g.desk.Decide(r, g.on("consent"), ask, page, url.Values{"scope": {scopes.Text(set)}, "authuser": {"0"}, "prompt": {"consent"}})
}

// wrong says what is wrong with a request for consent; nil: nothing.
func (g *Google) wrong(method string, q url.Values) *consent.Refusal {
	_, unknown := scopes.Read(q.Get("scope"))
	for _, c := range []struct {
		wrong     bool
		status    int
		kind, why string
	}{
		{method != http.MethodGet && method != http.MethodPost, http.StatusMethodNotAllowed, "invalid_request", "Use GET."},
		{q.Get("client_id") == "", 400, "invalid_request", "Missing required parameter: client_id"},
		{q.Get("client_id") != g.opt.ClientID, 401, "invalid_client", "The OAuth client was not found."},
		{q.Get("redirect_uri") == "", 400, "invalid_request", "Missing required parameter: redirect_uri"},
		{!consent.Loopback(q.Get("redirect_uri"), "127.0.0.1", "::1", "localhost"), 400, "redirect_uri_mismatch",
			"You can't sign in to this app because it doesn't comply with Google's OAuth 2.0 policy."},
		{q.Get("response_type") == "", 400, "invalid_request", "Required parameter is missing: response_type"},
		{q.Get("response_type") != "code", 400, "unsupported_response_type", "The sandbox plays response_type=code only."},
		{q.Get("scope") == "", 400, "invalid_request", "Missing required parameter: scope"},
		{unknown != nil, 400, "invalid_scope", "Some requested scopes were invalid. {invalid=[" + strings.Join(unknown, ", ") + "]}"},
		{!challenged(q), 400, "invalid_request", "The sandbox plays code_challenge_method=S256 only, with a challenge of 43 characters."},
		{!strings.Contains(" online offline ", " "+q.Get("access_type")+" ") && q.Has("access_type"), 400, "invalid_request",
			"Invalid parameter value for access_type: " + q.Get("access_type")},
	} {
		if c.wrong {
			return &consent.Refusal{Platform: "Google", Status: c.status, Kind: c.kind, Why: c.why}
		}
	}
	return nil
}

// challenged: there is no challenge, or a right one.
func challenged(q url.Values) bool {
	none := !q.Has("code_challenge") && !q.Has("code_challenge_method")
	return none || q.Get("code_challenge_method") == "S256" && consent.IsChallenge(q.Get("code_challenge"))
}

// giveTokens is POST /token.
func (g *Google) giveTokens(r *http.Request) board.Reply {
	switch {
	case r.Method != http.MethodPost:
		return refuse(http.StatusNotFound, "invalid_request", "Use POST.")
	case r.PostFormValue("client_id") != g.opt.ClientID:
		return refuse(http.StatusUnauthorized, "invalid_client", "The OAuth client was not found.")
	case r.PostFormValue("client_secret") != g.opt.ClientSecret:
		return refuse(http.StatusUnauthorized, "invalid_client", "Unauthorized")
	}
	switch kind := r.PostFormValue("grant_type"); kind {
	case "refresh_token":
		return g.refresh(r.PostFormValue("refresh_token"))
	case "authorization_code":
		return g.redeem(r.PostForm)
	default:
		return refuse(http.StatusBadRequest, "unsupported_grant_type", "Invalid grant_type: "+kind)
	}
}

func refuse(status int, kind, why string) board.Reply {
	return answer(status, object{"error": kind, "error_description": why})
}

// refresh gives an access token. The refresh token stays the same.
func (g *Google) refresh(token string) board.Reply {
	set, ok := g.mint.Read("refresh", token, g.now())
	if token == g.opt.RefreshToken {
		set, ok = 1, true // manage is the first of the scopes
	}
	if !ok || g.on("token") == "revoked" {
		return refuse(http.StatusBadRequest, "invalid_grant", "Token has been expired or revoked.")
	}
	return answer(http.StatusOK, g.access(set))
}

// redeem gives tokens for a code, which is dead afterwards.
func (g *Google) redeem(form url.Values) board.Reply {
	if form.Get("code") == "" {
		return refuse(http.StatusBadRequest, "invalid_request", "Missing required parameter: code")
	}
	ask, ok := g.desk.Take(form.Get("code"))
	verifier := form.Get("code_verifier")
	switch {
	case !ok:
		return refuse(http.StatusBadRequest, "invalid_grant", "Bad Request")
	case form.Get("redirect_uri") != ask.Redirect:
		return refuse(http.StatusBadRequest, "redirect_uri_mismatch", "Bad Request")
	case ask.Challenge == "" && verifier != "":
		return refuse(http.StatusBadRequest, "invalid_grant", "code_verifier or verifier is not needed.")
	case ask.Challenge != "" && verifier == "":
		return refuse(http.StatusBadRequest, "invalid_grant", "Missing code verifier.")
	case ask.Challenge != "" && !ask.Proves(verifier):
		return refuse(http.StatusBadRequest, "invalid_grant", "Invalid code verifier.")
	}
	if err := g.board.Write(board.Record{Op: board.Setting, ID: g.Name(), Key: consented, Text: "yes"}); err != nil {
		g.opt.Log.Error("could not write the log", zap.Error(err))
		return refuse(http.StatusInternalServerError, "internal_failure", "Internal error encountered.")
	}
	out := g.access(ask.Scopes)
	if ask.Offline {
		out["refresh_token"] = g.mint.Make("refresh", time.Time{}, ask.Scopes)
	}
	return answer(http.StatusOK, out)
}

// access makes an access token.
func (g *Google) access(set uint64) object {
	life := g.span("token-life")
	return object{"access_token": g.mint.Make("access", g.now().Add(life), set), "expires_in": int(life.Seconds()),
		"scope": scopes.Text(set), "token_type": "Bearer"}
}
