package wordpress

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/ingest/wordpress/wptest"
)

// Who may not work is told so, by every way of asking.
func TestRealAccess(t *testing.T) {
	const strict = `add_action( 'init', 'wp_get_current_user', 1 );` // as some plugins do: WordPress then says what is wrong
	for name, c := range map[string]struct {
		role   string // of another user than the editor
		change func(*Config)
		plugin string
		strip  bool // the host does not hand on the Authorization header
		kind   ingest.ReadKind
		found  string
	}{
		"fine":               {},
		"with spaces":        {change: func(c *Config) { c.Password = " " + c.Password[:4] + " " + c.Password[4:] + "\n" }},
		"by e-mail":          {change: func(c *Config) { c.User = "desk@example.test" }},
		"administrator":      {role: "administrator"},
		"wrong password":     {change: func(c *Config) { c.Password = "wrong" }, kind: ingest.Dead, found: "not taken"},
		"told what is wrong": {change: func(c *Config) { c.Password = "wrong" }, plugin: strict, kind: ingest.Dead, found: "not taken"},
		"unknown user":       {change: func(c *Config) { c.User = "nobody" }, plugin: strict, kind: ingest.Dead, found: "not taken"},
		"stripped":           {strip: true, kind: ingest.Dead, found: "Authorization"},
		"an author":          {role: "author", kind: ingest.Forbidden, found: "may not moderate"},
		"a subscriber":       {role: "subscriber", kind: ingest.Forbidden, found: "may not moderate"},
		"switched off":       {plugin: `add_filter( 'wp_is_application_passwords_available', '__return_false' );`, kind: ingest.Dead, found: "takes no application passwords"},
		"API for members":    {plugin: `add_filter( 'rest_authentication_errors', function ( $e ) { return new WP_Error( 'rest_members_only', 'x', array( 'status' => 401 ) ); } );`, kind: ingest.Dead, found: "not taken"},
		"no API": {plugin: `add_filter( 'rest_endpoints', function ( $all ) { return array_filter( $all, function ( $route ) { return ! str_starts_with( $route, '/wp/v2' ); }, ARRAY_FILTER_USE_KEY ); } );`,
			kind: ingest.Bad, found: "cannot be read"},
		"another site": {plugin: `add_filter( 'option_home', function () { return 'https://elsewhere.example'; }, 99 ); add_filter( 'option_siteurl', function () { return 'https://elsewhere.example'; }, 99 );`,
			found: "another address"},
	} {
		t.Run(name, func(t *testing.T) {
			r := real(t, func(cfg *Config) {
				if c.change != nil {
					c.change(cfg)
				}
			})
			if c.role != "" {
				r.cfg.User = "user" + strings.ReplaceAll(name, " ", "")
				_, r.cfg.Password = r.site.AddUser(t, r.cfg.User, c.role)
			}
			if c.strip {
				r.answer = func(w http.ResponseWriter, req *http.Request) {
					req.Header.Del("Authorization")
					r.next.ServeHTTP(w, req)
				}
			}
			id := r.site.AddComments(t, wptest.Comment{Post: r.post(), Text: "a"})[0]
			if c.plugin != "" {
				r.site.Plugin(t, c.plugin)
			}
			findings := r.Check(t.Context())
			last := findings[len(findings)-1]
			if last.OK != (c.found == "") || !strings.Contains(last.What+last.Mend, c.found) || !last.OK && last.Mend == "" {
				t.Errorf("found %+v", findings)
			}
			_, err := r.sweep()
			out := r.act(ingest.Reply, id, "Please call us.")
			_, looking := r.Observe(t.Context(), id)
			if c.kind == "" {
				if err != nil || looking != nil || out.Result != ingest.Done {
					t.Errorf("%v, %v, %+v", err, looking, out)
				}
				return
			}
			if readErr(t, err).Kind != c.kind || readErr(t, looking).Kind != c.kind || len(r.writes()) != 0 ||
				out.Result != ingest.Refused || out.StopPosting != (c.kind == ingest.Dead) {
				t.Errorf("%v, %v, %+v", err, looking, out)
			}
		})
	}
}

// The password is withdrawn, or the role taken away, while we run.
func TestRealRightsAreLost(t *testing.T) {
	r := real(t)
	who, password := r.site.AddUser(t, "leaving", "editor")
	r.cfg.User, r.cfg.Password = "leaving", password
	id := r.site.AddComments(t, wptest.Comment{Post: r.post(), Text: "a"})[0]
	r.mustSweep()
	if p, err := r.Permit(t.Context()); err != nil || len(p.Lacks) != 0 || !p.Expires.IsZero() {
		t.Errorf("%+v, %v", p, err)
	}
	r.site.Do(t, `( new WP_User( $a[0] ) )->set_role( 'author' );`, who)
	_, err := r.sweep()
	if e := readErr(t, err); e.Kind != ingest.Forbidden || e.Code != "rest_forbidden_context" {
		t.Errorf("%+v", e)
	}
	if p, err := r.Permit(t.Context()); err != nil || len(p.Lacks) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	r.site.Do(t, `WP_Application_Passwords::delete_all_application_passwords( $a[0] );`, who)
	r.user = &user{id: who, moderates: true} // as it was a moment ago
	r.requests()
	_, err = r.sweep()
	if e := readErr(t, err); e.Kind != ingest.Dead || !strings.Contains(strings.Join(r.requests(), " "), "users/me") {
		t.Errorf("%+v", e)
	}
	if _, err := r.Permit(t.Context()); readErr(t, err).Kind != ingest.Dead {
		t.Errorf("%v", err)
	}
	if o, err := r.Observe(t.Context(), id); err == nil {
		t.Errorf("observed %+v", o)
	}
}

func TestRealMaintenance(t *testing.T) {
	r := real(t)
	id := r.site.AddComments(t, wptest.Comment{Post: r.post(), Text: "a"})[0]
	r.mustSweep()
	t.Run("in it", func(t *testing.T) {
		r.site.Maintain(t)
		_, err := r.sweep()
		if e := readErr(t, err); e.Kind != ingest.Temporary || e.RetryAfter != 10*time.Minute || e.Status != 503 {
			t.Errorf("%+v", e)
		}
		if out := r.act(ingest.Reply, id, "Please call us."); out.Result != ingest.Later || out.After != 10*time.Minute {
			t.Errorf("before reading: %+v", out)
		}
		// It began between the reading and the writing: WordPress says that it did
		// nothing.
		x, o := r.write(t.Context(), request{method: http.MethodPost, route: "wp/v2/comments", body: map[string]any{"post": 1}})
		if out := r.outcome(x, o); out.Result != ingest.Later || out.After != 10*time.Minute {
			t.Errorf("writing: %+v", out)
		}
		if findings := r.Check(t.Context()); findings[0].OK {
			t.Errorf("found %+v", findings)
		}
	})
	if found := r.mustSweep(); found[id].Content.Text != "a" {
		t.Error("not read after it")
	}
}
