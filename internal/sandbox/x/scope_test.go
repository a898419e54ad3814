package x

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// described is what X's own description says of scopes.
type described struct {
	Paths      map[string]map[string]struct{ Security []map[string][]string }
	Components struct {
		SecuritySchemes struct {
			OAuth2UserToken struct {
				Flows struct {
					AuthorizationCode struct{ Scopes map[string]string }
				}
			}
		}
	}
}

func truth(t *testing.T) (doc described) {
	t.Helper()
	raw, err := os.ReadFile("../../../../shared/data/truth/x-openapi.json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("skipped 1 comparison with X's OpenAPI: %v", err)
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// The scopes, and what each call of version 2 needs of them, are those of X's own
// description.
func TestScopesAreAsXDescribesThem(t *testing.T) {
	doc := truth(t)
	known := doc.Components.SecuritySchemes.OAuth2UserToken.Flows.AuthorizationCode.Scopes
	for _, name := range scopes {
		if known[name] == "" {
			t.Errorf("X has no scope %q", name)
		}
	}
	if len(scopes) != len(known) {
		t.Errorf("%d scopes, X has %d", len(scopes), len(known))
	}
	checked := 0
	for template, operations := range doc.Paths {
		for _, rt := range routes {
			of, has := operations[strings.ToLower(rt.method)]
			if !has || shape("/"+rt.path) != shape(template) {
				continue
			}
			checked++
			needs := strings.Fields(reading)
			if rt.scope() {
				needs = append(needs, rt.needs)
			}
			slices.Sort(needs)
			want, app := needed(of.Security)
			if !slices.Equal(needs, want) || app != (rt.needs == "") {
				t.Errorf("%s %s needs %v, an app may ask: %v; X wants %v, %v", rt.method, template, needs, rt.needs == "", want, app)
			}
		}
	}
	if checked < 12 {
		t.Errorf("compared only %d endpoints", checked)
	}
}

// shape is a path with one name for whatever stands for an id.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "id"
		}
	}
	return strings.Join(parts, "/")
}

// needed are the scopes of a call, and whether an app may make it.
func needed(security []map[string][]string) (scopes []string, app bool) {
	for _, one := range security {
		if list, ok := one["OAuth2UserToken"]; ok {
			scopes = slices.Sorted(slices.Values(list))
		}
		if _, ok := one["BearerToken"]; ok {
			app = true
		}
	}
	return scopes, app
}
