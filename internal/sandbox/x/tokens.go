package x

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

const scopes = "tweet.read users.read tweet.write tweet.moderate.write dm.read dm.write offline.access"

// giveTokens is POST /2/oauth2/token: a refresh token dies when it is used.
func (x *X) giveTokens(r *http.Request) board.Reply {
	refuse := func(status int, kind, why string) board.Reply {
		return tokenReply(status, map[string]any{"error": kind, "error_description": why})
	}
	token := r.PostFormValue("refresh_token")
	switch {
	case r.Method != http.MethodPost:
		return refuse(http.StatusMethodNotAllowed, "invalid_request", "Use POST.")
	case !x.isClient(r):
		return refuse(http.StatusUnauthorized, "unauthorized_client", "Missing valid authorization header")
	case r.PostFormValue("grant_type") != "refresh_token":
		return refuse(http.StatusBadRequest, "unsupported_grant_type", "Value passed for the grant type was invalid.")
	case !x.refreshes(token):
		return refuse(http.StatusBadRequest, x.on("refresh-error"), "Value passed for the token was invalid.")
	}
	if err := x.board.Write(board.Record{Op: board.Setting, ID: x.Name(), Key: usedKey(token), Text: "yes"}); err != nil {
		x.opt.Log.Error("could not write the log", zap.Error(err))
		return refuse(http.StatusInternalServerError, "server_error", "Internal error")
	}
	life := x.span("token-life")
	return tokenReply(http.StatusOK, map[string]any{"token_type": "bearer", "expires_in": int(life.Seconds()), "scope": scopes,
		"access_token":  x.mint("access", strconv.FormatInt(x.now().Add(life).Unix(), 10)),
		"refresh_token": x.mint("refresh", "0")})
}

func tokenReply(status int, body map[string]any) board.Reply {
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

// refreshes reports whether a refresh token was given out and not used since.
func (x *X) refreshes(token string) bool {
	given := token == x.opt.RefreshToken || x.minted("refresh", token)
	return given && x.board.Settings[x.Name()][usedKey(token)] == "" && x.on("token") == "good"
}

// usedKey remembers a token without keeping it.
func usedKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "used:" + hex.EncodeToString(sum[:8])
}

// A minted token tells by itself when it ends and that it was made here, so that
// nothing needs to be kept.

func (x *X) mint(kind, ends string) string {
	var random [6]byte
	_, _ = rand.Read(random[:])
	token := fmt.Sprintf("sandbox-x-%s-%s-%x", kind, ends, random)
	return token + "-" + x.seal(token)
}

func (x *X) seal(token string) string {
	mac := hmac.New(sha256.New, []byte(x.opt.ClientSecret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

func (x *X) minted(kind, token string) bool {
	at := strings.LastIndexByte(token, '-')
	return at > 0 && strings.HasPrefix(token, "sandbox-x-"+kind+"-") && hmac.Equal([]byte(token[at+1:]), []byte(x.seal(token[:at])))
}

// lives reports whether an access token has not ended.
func (x *X) lives(token string) bool {
	parts := strings.Split(token, "-")
	ends, err := strconv.ParseInt(parts[3], 10, 64)
	return err == nil && x.now().Unix() < ends
}
