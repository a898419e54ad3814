<?php
/**
 * Plugin Name: Triage Nudge
 * Description: Asks before a comment is published that looks like medical detail, and offers the practice's private form. It works in the visitor's browser: nothing typed is sent elsewhere, kept or logged.
 * Version: 1.0.0
 * Requires at least: 5.5
 * Requires PHP: 7.0
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain: triage-nudge
 *
 * @package Triage_Nudge
 */

defined( 'ABSPATH' ) || exit;

/**
 * The fields, with what they are called.
 *
 * @return array
 */
function triage_nudge_fields() {
	return array(
		'private' => __( 'Private form', 'triage-nudge' ),
		'phone'   => __( 'Phone', 'triage-nudge' ),
		'name'    => __( 'Name of the practice', 'triage-nudge' ),
	);
}

/**
 * What "triage nudge" wrote into settings.json.
 *
 * @return array
 */
function triage_nudge_given() {
	$given = json_decode( (string) file_get_contents( __DIR__ . '/settings.json' ), true );
	return is_array( $given ) ? $given : array();
}

/**
 * What holds: a field left empty on the settings page is as it was given.
 *
 * @return array
 */
function triage_nudge_settings() {
	$all = array_merge( triage_nudge_given(), array_filter( (array) get_option( 'triage_nudge', array() ) ) );
	return array_map( 'strval', array_intersect_key( $all, triage_nudge_fields() ) );
}

// Within every comment form: which script, and where to send people instead.
add_action(
	'comment_form',
	function () {
		$settings = triage_nudge_settings();
		if ( empty( $settings['private'] ) && empty( $settings['phone'] ) ) {
			return;
		}
		wp_enqueue_script( 'triage-nudge', plugins_url( 'nudge.js', __FILE__ ), array(), (string) filemtime( __DIR__ . '/nudge.js' ), true );
		echo '<span hidden data-triage-nudge';
		foreach ( $settings as $field => $value ) {
			echo ' data-' . esc_attr( $field ) . '="' . esc_attr( $value ) . '"';
		}
		echo '></span>';
	}
);

/**
 * Cleans what somebody typed on the settings page.
 *
 * @param mixed $typed The fields.
 * @return array
 */
function triage_nudge_clean( $typed ) {
	$typed = array_merge( array_fill_keys( array_keys( triage_nudge_fields() ), '' ), array_filter( (array) $typed, 'is_string' ) );
	$to    = trim( $typed['private'] );
	$clean = array(
		'private' => '/' === substr( $to, 0, 1 ) ? esc_url_raw( '/' . ltrim( $to, '/\\' ) ) : esc_url_raw( $to, array( 'https' ) ),
		'phone'   => trim( preg_replace( '~[^0-9 +./()-]~', '', $typed['phone'] ) ),
		'name'    => sanitize_text_field( $typed['name'] ),
	);
	if ( '' !== $to && '' === $clean['private'] ) {
		add_settings_error( 'triage_nudge', 'private', __( 'The private form wants an https address, or a path on this site that begins with a slash.', 'triage-nudge' ) );
	}
	return array_filter( $clean );
}

// Three fields under Settings, Discussion.
add_action(
	'admin_init',
	function () {
		register_setting(
			'discussion',
			'triage_nudge',
			array(
				'type'              => 'array',
				'sanitize_callback' => 'triage_nudge_clean',
			)
		);
		add_settings_section(
			'triage-nudge',
			__( 'Before medical detail is published', 'triage-nudge' ),
			function () {
				echo '<p>' . esc_html__( 'Whoever writes a comment that looks like medical detail is shown these instead, once, before it is published.', 'triage-nudge' ) . '</p>';
			},
			'discussion',
			array( 'before_section' => '<div id="triage-nudge">', 'after_section' => '</div>' )
		);
		foreach ( triage_nudge_fields() as $field => $label ) {
			add_settings_field(
				'triage-nudge-' . $field,
				$label,
				'triage_nudge_input',
				'discussion',
				'triage-nudge',
				array(
					'label_for' => 'triage-nudge-' . $field,
					'field'     => $field,
				)
			);
		}
	}
);

/**
 * One field of the settings page, with what was given where it is empty.
 *
 * @param array $args Which field.
 */
function triage_nudge_input( $args ) {
	$typed = (array) get_option( 'triage_nudge', array() );
	$given = triage_nudge_given();
	printf(
		'<input type="text" class="regular-text" id="%1$s" name="triage_nudge[%2$s]" value="%3$s" placeholder="%4$s">',
		esc_attr( $args['label_for'] ),
		esc_attr( $args['field'] ),
		esc_attr( isset( $typed[ $args['field'] ] ) ? $typed[ $args['field'] ] : '' ),
		esc_attr( isset( $given[ $args['field'] ] ) ? $given[ $args['field'] ] : '' )
	);
}

add_filter(
	'plugin_action_links_' . plugin_basename( __FILE__ ),
	function ( $links ) {
		$to = admin_url( 'options-discussion.php#triage-nudge' );
		return array_merge( array( '<a href="' . esc_url( $to ) . '">' . esc_html__( 'Settings', 'triage-nudge' ) . '</a>' ), (array) $links );
	}
);
