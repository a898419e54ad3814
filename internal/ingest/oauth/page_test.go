package oauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"triage/internal/ingest"
)

func TestPageToken(t *testing.T) {
	mac := hmac.New(sha256.New, []byte("app secret"))
	mac.Write([]byte("hers, lasting"))
	proof := hex.EncodeToString(mac.Sum(nil))
	const list = `{"data":[{"id":1,"access_token":"other"}],"paging":{"cursors":{"after":"A"},"next":"https://canaryhost/?access_token=canary"}}`
	for name, c := range map[string]struct {
		second string // page of the list
		token  string
		lacks  string
		kind   ingest.ReadKind
	}{
		"managed":      {`{"data":[{"id":"22","access_token":"the Page's","tasks":["MODERATE","MESSAGING","ANALYZE"]}]}`, "the Page's", "[]", ""},
		"id a number":  {`{"data":[{"id":22,"access_token":"the Page's"}]}`, "the Page's", "[]", ""},
		"lacks a task": {`{"data":[{"id":"22","access_token":"the Page's","tasks":["MODERATE"]}]}`, "the Page's", "[MESSAGING]", ""},
		"not hers":     {`{"data":[],"paging":{"cursors":{"after":"A"},"next":"https://canaryhost/"}}`, "", "[]", ingest.Forbidden},
		"no token":     {`{"data":[{"id":"22","tasks":[]}]}`, "", "[]", ingest.Forbidden},
		"dead":         {`{"error":{"code":190,"message":"canary"}}`, "", "[]", ingest.Dead},
		"nonsense":     {`<html>`, "", "[]", ingest.Bad},
	} {
		i := open(t)
		i.answer = func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/v26.0/oauth/access_token":
				if f := r.Form; f.Get("grant_type") != "fb_exchange_token" || f.Get("client_id") != "7" || f.Get("client_secret") != "app secret" || f.Get("fb_exchange_token") != "short" {
					t.Errorf("%s: exchanged with %v", name, f)
				}
				_, _ = w.Write([]byte(`{"access_token":"hers, lasting","token_type":"bearer","expires_in":5183944}`))
			case r.URL.Path != "/v26.0/me/accounts" || r.Header.Get("Authorization") != "Bearer hers, lasting" || r.Form.Get("appsecret_proof") != proof:
				t.Errorf("%s: asked %s with %q", name, r.URL.Path, r.Header.Get("Authorization"))
			case r.Form.Get("after") == "A":
				_, _ = w.Write([]byte(c.second))
			default:
				_, _ = w.Write([]byte(list))
			}
		}
		p := &Pages{BaseURL: i.URL + "/v26.0", AppID: "7", Secret: "app secret", HTTP: ingest.NewHTTP(nil), Now: i.clock}
		g, lacks, err := p.Exchange(t.Context(), ingest.Grant{Access: "short"}, "22")
		if g.Access != c.token || fmt.Sprint(lacks) != c.lacks || kindOf(err) != c.kind || !g.Expires.IsZero() {
			t.Errorf("%s: lacks %v, %v", name, lacks, err)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "canary") || strings.Contains(e.Error(), "http:") {
				t.Errorf("%s: leaks %v", name, e)
			}
		}
	}
	broken := &Pages{BaseURL: "http://%zz", HTTP: ingest.NewHTTP(nil), Now: open(t).clock}
	if _, _, err := broken.Exchange(t.Context(), ingest.Grant{Access: "short"}, "22"); kindOf(err) != ingest.Temporary {
		t.Errorf("%v", err)
	}
}

func TestScopesAreRemembered(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k, func(o *Options) { o.Scopes = []string{"a", "b", "c"} })
	if p, err := s.Permit(t.Context()); err != nil || fmt.Sprint(p.Lacks) != "[c]" { // the answer says "a b"
		t.Errorf("%+v, %v", p, err)
	}
	i.pass(3 * 3600e9)
	i.answer = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"access_token":"x","expires_in":7200}`))
	}
	if p, err := s.Permit(t.Context()); err != nil || fmt.Sprint(p.Lacks) != "[c]" {
		t.Errorf("after a renewal that told nothing: %+v, %v", p, err)
	}
	if lacks := Lacks(ingest.Grant{}, []string{"a"}); lacks != nil {
		t.Errorf("nothing is told, and %v lacks", lacks)
	}
}

func TestWrappedAnswer(t *testing.T) {
	i := open(t)
	i.answer = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"data":[{"access_token":"a","user_id":17841400000000001,"permissions":"x,y"}]}`))
	}
	if g, err := i.app().Exchange(t.Context(), "http://localhost/", "code", "verifier"); err != nil || g.Access != "a" {
		t.Errorf("%v", err)
	}
}
