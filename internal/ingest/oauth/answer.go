package oauth

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/ingest"
)

// answer is what a token address said, read leniently: nothing odd beside it may
// cost a token.
type answer map[string]json.RawMessage

// answerOf reads an answer; nil if it is none.
func answerOf(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return nil
	}
	return a
}

// list reads a list of objects.
func (a answer) list(name string) (list []answer) {
	_ = json.Unmarshal(a[name], &list)
	return list
}

// text reads a string; of a number it gives the digits.
func (a answer) text(name string) string {
	var s string
	if json.Unmarshal(a[name], &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(a[name], &n) == nil {
		return n.String()
	}
	return ""
}

// mostSeconds is the longest time that is believed: ten years.
const mostSeconds = 10 * 365 * 24 * 3600

// after is the time so many seconds from now; zero where none are told.
func (a answer) after(name string, now time.Time) time.Time {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(a.text(name)), 64)
	if err != nil || !(seconds > 0) {
		return time.Time{}
	}
	return now.Add(time.Duration(min(seconds, mostSeconds) * float64(time.Second)))
}

// codes are the errors of RFC 6749, section 5.2, and of Meta, that are told. No
// other word of an answer is repeated: it could be anything.
var codes = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_token",
	"access_denied", "temporarily_unavailable", "server_error", "slow_down", "1", "2", "4", "17", "100", "190"}

// code is the platform's code for an error; known tells whether there is one.
func (a answer) code() (code string, known bool) {
	_, known = a["error"]
	code = a.text("error")
	var nested answer // as Meta writes it
	if json.Unmarshal(a["error"], &nested) == nil && nested != nil {
		code = nested.text("code")
	}
	if !slices.Contains(codes, code) {
		code = ""
	}
	return code, known
}

// grantOf reads the grant in an answer, or says why there is none.
func grantOf(x ingest.Exchange, now time.Time) (ingest.Grant, error) {
	a := answerOf(x.Body)
	if list := a.list("data"); len(list) == 1 { // as Instagram may wrap it
		a = list[0]
	}
	_, failed := a.code()
	if token := a.text("access_token"); x.OK() && token != "" && !failed {
		return ingest.Grant{
			Access: token, Refresh: a.text("refresh_token"), Made: now,
			Expires: a.after("expires_in", now), Ends: a.after("refresh_token_expires_in", now),
			Scope: strings.Join(strings.FieldsFunc(a.text("scope"), func(r rune) bool { return r == ' ' || r == ',' }), " "),
		}, nil
	}
	return ingest.Grant{}, judge(x, a, now)
}

// What a person is told.
const (
	whyEnded = "the platform no longer accepts what the account was connected with, since it was withdrawn, ended or used elsewhere; connect the account again with triage connect"
	whyApp   = "the platform does not know the app, or not with this secret; correct client_id and client_secret in the configuration"
	whyOdd   = "what answers where tokens are renewed is not the platform; check token_url, and whether a proxy or firewall stands in between"
)

// judge decides what an answer without a grant means, by code and HTTP status. It
// is the only place that does.
func judge(x ingest.Exchange, a answer, now time.Time) *ingest.ReadError {
	code, known := a.code()
	e := &ingest.ReadError{Code: code, Status: x.Status, RetryAfter: x.RetryAfter(now), Kind: ingest.Dead}
	switch {
	case x.Err != nil, x.Status >= 500, x.Status == http.StatusTooManyRequests:
		return x.ReadError(now)
	case slices.Contains([]string{"temporarily_unavailable", "server_error", "slow_down", "1", "2", "4", "17"}, code):
		e.Kind, e.Why = ingest.Temporary, "the platform does not renew tokens at present; nothing to do, it is tried again by itself"
	case code == "invalid_client", code == "unauthorized_client":
		e.Why = whyApp
	case known && x.Status/100 != 3: // X says invalid_request of a refresh token that was used before
		e.Why = whyEnded
	default:
		e.Kind, e.Why = ingest.Bad, whyOdd
	}
	return e
}
