<?php
// What a site under test must not do: send mail, ask other servers or itself,
// and refuse visitors who write quickly (unless the option wptest_flood says so).
add_filter( 'pre_wp_mail', '__return_true' );
add_filter(
	'pre_http_request',
	function () {
		return new WP_Error( 'offline' );
	}
);
add_filter(
	'comment_flood_filter',
	function ( $block ) {
		return get_option( 'wptest_flood' ) ? $block : false;
	},
	99
);
