package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

func TestPermit(t *testing.T) {
	needed, targets := []string{"read", "manage", "message"}, []string{"111"}
	soon, far := time.Unix(1790000000, 0).UTC(), time.Unix(1800000000, 0).UTC()
	for name, c := range map[string]struct {
		data    string
		expires time.Time
		lacks   string
	}{
		"never, all":            {`"expires_at":0,"data_access_expires_at":0,"scopes":["read","manage","message","more"]`, time.Time{}, ""},
		"expires first":         {`"expires_at":1790000000,"data_access_expires_at":1800000000,"scopes":["read"]`, soon, "manage message"},
		"access ends first":     {`"expires_at":1800000000,"data_access_expires_at":1790000000,"scopes":[]`, soon, "read manage message"},
		"only access ends":      {`"expires_at":0,"data_access_expires_at":"1800000000"`, far, ""},
		"nothing is told":       {`"is_valid":true`, time.Time{}, ""},
		"for this one":          {`"granular_scopes":[{"scope":"read","target_ids":["222",111]},{"scope":"manage"},{"scope":"message","target_ids":["111"]}]`, time.Time{}, ""},
		"for another one":       {`"scopes":["read","manage","message"],"granular_scopes":[{"scope":"read","target_ids":["222"]}]`, time.Time{}, "read"},
		"for none":              {`"scopes":["read","manage","message"],"granular_scopes":[{"scope":"manage","target_ids":[]}]`, time.Time{}, "manage"},
		"odd in every way":      {`"expires_at":"soon","scopes":"read","granular_scopes":[7,{"scope":null}]`, time.Time{}, "read manage message"},
		"odd scopes":            {`"scopes":7`, time.Time{}, "read manage message"},
		"valid said as a text":  {`"is_valid":"true","scopes":["read","manage","message"]`, time.Time{}, ""},
		"an error that is null": {`"error":null,"scopes":["read","manage","message"]`, time.Time{}, ""},
	} {
		r := start(t)
		r.says(200, `{"data":{`+c.data+`}}`)
		got, err := r.Permit(t.Context(), needed, targets)
		if err != nil || !got.Expires.Equal(c.expires) || strings.Join(got.Lacks, " ") != c.lacks {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if asked := r.requests(); !slices.Equal(asked, []string{"GET /v26.0/debug_token token"}) || r.form.Get("input_token") != "token" {
			t.Errorf("%s: asked %v", name, asked)
		}
	}
}

// knowing are tokens that know when they end.
type knowing struct {
	*tokens
	permit ingest.Permit
	err    error
}

func (k knowing) Permit(context.Context) (ingest.Permit, error) { return k.permit, k.err }

// Meta tells nothing about the tokens of Instagram's own login: what is known here
// counts then.
func TestPermitThatTheTokensKnow(t *testing.T) {
	ends := time.Unix(1790000000, 0).UTC()
	for name, c := range map[string]struct {
		status  int
		body    string
		err     error
		expires time.Time
		ok      bool
	}{
		"Meta tells":      {200, `{"data":{"expires_at":1800000000}}`, nil, time.Unix(1800000000, 0).UTC(), true},
		"Meta refuses":    {400, `{"error":{"code":100,"type":"IGApiException"}}`, nil, ends, true},
		"nobody can tell": {400, `{"error":{"code":100,"type":"IGApiException"}}`, errors.New("no"), time.Time{}, false},
	} {
		r := start(t, func(o *Options) { o.Tokens = knowing{o.Tokens.(*tokens), ingest.Permit{Expires: ends}, c.err} })
		r.says(c.status, c.body)
		if got, err := r.Permit(t.Context(), nil, nil); !got.Expires.Equal(c.expires) || (err == nil) != c.ok {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// With the app's id and secret the app asks, and a wrong one does not make the
// token a dead one.
func TestPermitAsTheApp(t *testing.T) {
	r := start(t, func(o *Options) { o.AppID, o.AppSecret = "12", " secret " })
	r.onlyFor("12|secret", `{"data":{"expires_at":1790000000}}`)
	if got, err := r.Permit(t.Context(), nil, nil); err != nil || got.Expires.IsZero() || r.form.Get("input_token") != "token" {
		t.Errorf("%+v, %v", got, err)
	}
	r.says(400, deadAnswer)
	_, err := r.Permit(t.Context(), nil, nil)
	if e := readErr(t, err); e.Kind != ingest.Bad || !strings.Contains(e.Why, "app_secret") || len(r.tokens.refused) != 0 {
		t.Errorf("%+v, refused %v", e, r.tokens.refused)
	}
}

// What leaves nothing known.
func TestPermitIsNotKnown(t *testing.T) {
	for answer, kind := range map[string]ingest.ReadKind{
		`{}`: ingest.Bad, `{"data":[]}`: ingest.Bad, `true`: ingest.Bad,
		`{"data":{"is_valid":false}}`: ingest.Dead,
		`{"data":{"is_valid":false,"error":{"code":190,"message":"x","subcode":460}}}`:   ingest.Dead,
		`{"data":{"error":{"code":"10","message":"x"},"scopes":[]}}`:                     ingest.Forbidden,
		`{"error":{"code":100,"message":"(#100) You must provide an app access token"}}`: ingest.Bad,
		`{"error":{"code":190}}`: ingest.Dead,
		`{"data":{"error":{"message":"no code"},"is_valid":false,"scopes":[],"expires_at":1790}}`: ingest.Bad,
	} {
		r := start(t)
		r.says(200, answer)
		got, err := r.Permit(t.Context(), []string{"read"}, nil)
		if KindOf(err) != kind || got.Lacks != nil || !got.Expires.IsZero() {
			t.Errorf("%s: %+v, %v", answer, got, err)
		}
		if kind == ingest.Dead && strings.Contains(answer, "460") && !strings.Contains(fmt.Sprint(err), "password") {
			t.Errorf("%s: %v", answer, err)
		}
	}
}
