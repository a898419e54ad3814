package wordpress

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The root is where the site says, if that is the site itself.
func TestRootIsFound(t *testing.T) {
	const user = "/wp/v2/users/me?_fields=id%2Ccapabilities&context=edit"
	plain := "/?_fields=id%2Ccapabilities&context=edit&rest_route=%2Fwp%2Fv2%2Fusers%2Fme"
	for name, c := range map[string]struct{ link, path, asked string }{
		"pretty":        {`<http://HOST/wp-json/>; rel="https://api.w.org/"`, "", "/wp-json" + user},
		"another name":  {`<http://HOST/api/>; rel="https://api.w.org/"`, "", "/api" + user},
		"among others":  {`</a,b>; rel=preload; as=style, <http://HOST/wp-json/>; rel=https://api.w.org/, </c>; rel="alternate"`, "", "/wp-json" + user},
		"plain":         {`<http://HOST/index.php?rest_route=/>; rel="https://api.w.org/"`, "", "/index.php" + plain[1:]},
		"a language":    {`<http://HOST/wp-json/?lang=de>; rel="https://api.w.org/"`, "", "/wp-json/wp/v2/users/me?_fields=id%2Ccapabilities&context=edit&lang=de"},
		"relative":      {`</wp-json/>; rel="https://api.w.org/"`, "", plain},
		"not told":      {"", "", plain},
		"below a path":  {`<http://HOST/blog/wp-json/>; rel="https://api.w.org/"`, "/blog", "/blog/wp-json" + user},
		"path, no word": {"", "/blog", "/blog" + plain},
		"without TLS":   {`<https://HOST/wp-json/>; rel="https://api.w.org/"`, "", "/wp-json" + user},
		"another port":  {`<http://127.0.0.1:1/wp-json/>; rel="https://api.w.org/"`, "", "/wp-json" + user},
		"another host":  {`<http://elsewhere.example/wp-json/>; rel="https://api.w.org/"`, "", plain},
		"rubbish":       {`<http://%zz>; rel="https://api.w.org/"`, "", plain},
	} {
		r := standIn(t, func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Link", strings.ReplaceAll(c.link, "HOST", req.Host))
			if _, _, with := req.BasicAuth(); with != (req.URL.RawQuery != "") {
				t.Errorf("%s: the password is sent with %s: %v", name, req.URL, with)
			}
			_, _ = fmt.Fprint(w, `{"id":7,"capabilities":{"moderate_comments":true}}`)
		}, func(cfg *Config) { cfg.Site += c.path + "/" })
		me, err := r.me(t.Context())
		asked := r.requests()
		if err != nil || me.id != "7" || asked[0] != "GET "+c.path+"/" || asked[1] != "GET "+c.asked {
			t.Errorf("%s: %v, %v, asked\n%v", name, me, err, asked)
		}
	}
}
