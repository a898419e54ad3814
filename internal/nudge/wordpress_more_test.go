package nudge

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"triage/internal/ingest/wordpress/wptest"
)

// settings are changed as WordPress' own page does.
func settings(t *testing.T, s *wptest.Site, address string) {
	v := newVisitor(t)
	save := func(private, phone, name string) map[string]string {
		t.Helper()
		// update_option cleans by the callback that admin_init registers.
		return wptest.Run[map[string]string](t, s, `
			require_once ABSPATH . 'wp-admin/includes/template.php';
			require_once ABSPATH . 'wp-admin/includes/plugin.php';
			do_action( 'admin_init' );
			update_option( 'triage_nudge', $a[0] );
			return (object) get_option( 'triage_nudge' );`, map[string]any{"private": private, "phone": phone, "name": name, "more": "x"})
	}
	for _, c := range []struct{ typed, want string }{
		{"javascript:alert(1)", ""}, {"http://plain.example/", ""}, {"https://forms.example/a?b=c%20d", "https://forms.example/a?b=c%20d"},
		{" /private/ ", "/private/"}, {"//elsewhere.example/", "/elsewhere.example/"}, {`/\elsewhere.example/`, "/elsewhere.example/"},
	} {
		if got := save(c.typed, `1<script>2`, "<b>Oak</b>\n& Co"); got["private"] != c.want || got["phone"] != "12" || got["name"] != "Oak & Co" || got["more"] != "" {
			t.Errorf("%q is kept as %q", c.typed, got)
		}
	}
	save("", "112 '\"><b>", "")
	fill(v, address, disclosure)
	v.Do("send", chromedp.Click(theClick))
	v.asked("with settings")
	if told := v.told(); !strings.Contains(told, "or call 112.") || !strings.Contains(told, "Söhne") {
		t.Errorf("told %q", told)
	}
	html := wptest.Run[string](t, s, `
		require_once ABSPATH . 'wp-admin/includes/template.php';
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		do_action( 'admin_init' );
		ob_start();
		do_settings_sections( 'discussion' );
		return ob_get_clean();`)
	for _, w := range []string{`id="triage-nudge"`, `<label for="triage-nudge-private">Private form</label>`, `name="triage_nudge[phone]" value="112`, `placeholder="(503) 555-0142"`, `placeholder="Cedar &quot;Family&quot; &lt;Practice&gt; &amp; Söhne"`} {
		if !strings.Contains(html, w) {
			t.Errorf("the settings page lacks %s: %s", w, html)
		}
	}
	s.Do(t, `update_option( 'triage_nudge', array() ); return null;`)
}

// blocks tries the comment form as block themes have it, under a theme made of
// nothing else.
func blocks(t *testing.T, s *wptest.Site, address string) {
	s.Do(t, `
		$dir = get_theme_root() . '/blocks';
		wp_mkdir_p( "$dir/templates" );
		file_put_contents( "$dir/style.css", "/*\nTheme Name: Blocks\n*/" );
		file_put_contents( "$dir/templates/index.html", '<!-- wp:post-title /--><!-- wp:post-comments-form /-->' );
		switch_theme( 'blocks' );
		return null;`)
	t.Cleanup(func() { s.Do(t, `switch_theme( 'plain' ); return null;`) })
	v := newVisitor(t)
	fill(v, address, "Mi hijo tiene asma y toma cortisona")
	v.Is("it is a block theme's form", `!!document.querySelector(".wp-block-post-comments-form #commentform")`)
	v.Do("send", chromedp.Click(theClick))
	v.asked("in a block theme")
	v.Axe(theForm)
	v.Shoot("blocks")
	v.Size(390, 844)
	v.Is("nothing is wider than the phone", `document.documentElement.scrollWidth <= 390`)
	v.Shoot("blocks-phone")
}
