import { changeLines } from './lines.ts';
import type { Hide } from './mark.ts';

/** Tokens that well-known services give a shape of their own. */
const shapes = [
  // JSON web tokens.
  String.raw`eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?`,
  // Amazon, GitHub, GitLab, Slack, OpenAI and Stripe, Google.
  String.raw`(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}`,
  String.raw`gh[pousr]_\w{16,}`,
  String.raw`github_pat_\w{16,}`,
  String.raw`gl(?:pat|rt|dt|ptt|cbt|ft|soat)-[\w.-]{12,}`,
  String.raw`xox[a-z]-[\w-]{8,}`,
  String.raw`xapp-[\w-]{8,}`,
  String.raw`[srp]k-(?!ssh-|ecdsa-)(?=[\w-]*\d)[\w-]{16,}`,
  String.raw`[srp]k_(?:live|test)_\w{8,}`,
  String.raw`AIza[\w-]{30,}`,
  String.raw`ya29\.[\w-]{16,}`,
  // Hugging Face, npm, PyPI, DigitalOcean, Tailscale, Vault, SendGrid, Shopify, age, Telegram, Docker.
  String.raw`hf_\w{16,}`,
  String.raw`npm_\w{30,}`,
  String.raw`pypi-[\w-]{16,}`,
  String.raw`do[por]_v1_[0-9a-f]{16,}`,
  String.raw`tskey-[\w-]{8,}`,
  String.raw`hv[sbr]\.[\w-]{16,}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
  String.raw`shp(?:at|ss|ca|pa)_\w{16,}`,
  String.raw`AGE-SECRET-KEY-1\w{20,}`,
  String.raw`\d{8,10}:AA[\w-]{30,}`,
  String.raw`dckr_pat_[\w-]{16,}`,
];
const token = new RegExp(String.raw`(?<![A-Za-z0-9_])(?:${shapes.join('|')})`, 'g');

/** `Authorization: Basic abc`, and the same of proxies. Cookies of a web client identify it, too. */
const headers = [
  /((?:^|["' \t-])authorization["']?:[ \t]*["']?)((?!["'])[^"'\r\n\\]+)/gi,
  /((?:^|["'])(?:Set-)?Cookie:[ \t]*)([^"'\r\n]+)/gi,
  /(\bBearer[ \t]+)((?=[^ \t\r\n]*(?:\d|[A-Z][^ \t\r\n]*[a-z]))[\w.~+/-]{8,}=*)/gi,
];

/** The user and the password of an address: `https://user:password@host`, `iscsi:user:password@host`. */
const userinfo =
  /(:\/\/|\biscsi:)((?!\[?user(?:name)?:pass(?:word)?\]?@)(?=[^@]{0,100}[A-Za-z0-9])[^ \t\r\n/@"'<>?#\0$]{1,200})(?=@)/g;

/** Passwords that only their place in a command or in a file shows. */
const placed = [
  // curl --user name:password
  /((?:^|[ \t"'[])(?:-u|-U|--user|--proxy-user)[ =]?["']?)((?!\d*:\d*(?:[ \t"']|$))[^ \t\r\n"':/=$@]+:[^ \t\r\n"'/@]+)/gm,
  // echo password | cryptsetup
  /(\b(?:echo|printf)\b(?:[ \t]+-\w+)*(?:[ \t]+["']?%s(?:\\n)?["']?)?[ \t]+["']?)([^ \t\r\n|"'$-][^|"'\r\n$]{0,200})(?=["']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?(?:\/[\w/-]*\/)?(?:cryptsetup|chpasswd|passwd|sudo|su|gpg|openssl|zfs|bcachefs|clevis|systemd-cryptsetup|ssh-add)\b)/g,
  // cryptsetup open … <<< password
  /(\b(?:cryptsetup|zfs|gpg)\b[^\r\n|;<]{0,100}<<<[ \t]*["']?)((?!["']?\$)[^"'\r\n]+)/g,
  /(\bsshpass[ \t]+-p[ \t]*["']?)((?!["']?\$)[^ \t\r\n"']+)/g,
  /(\b(?:useradd|usermod)\b[^\r\n|;]{0,60}[ \t]-p[ \t]+["']?)((?!["']?\$)[^ \t\r\n"']+)/g,
  // cifs: user=name%password
  /(\buser(?:name)?=[^,%$ \t\r\n"']{1,64}%)([^, \t\r\n"']+)/g,
  // ipsec.secrets, .netrc, syslinux, GRUB
  /(\b(?:PSK|EAP|XAUTH|NTLM)[ \t]+")([^"\r\n]+)/g,
  /(\b(?:login|user)[ \t]+[^ \t\r\n]{1,60}[ \t]+password[ \t]+)([^ \t\r\n]+)/g,
  /(\bMENU (?:MASTER )?PASSWD[ \t]+)([^ \t\r\n]+)/gi,
  /(^[ \t]*password[ \t]+(?!--)[\w.-]{1,60}[ \t]+)([^ \t\r\n$=:][^ \t\r\n]*)(?=[ \t]*(?:[\r\n]|$))/gm,
];
const hintOfPlace =
  /-u|--?proxy|cryptsetup|passw|sudo|gpg|openssl|zfs|bcachefs|clevis|ssh|sshpass|user|PSK|EAP|XAUTH|NTLM/gi;

/** Replaces tokens. */
export function hideTokens(text: string, hide: Hide): string {
  const hideAfter = (_: string, before: string, found: string) => before + hide(found, 'token');
  const some = text.replace(token, (found) => hide(found, 'token'));
  return changeLines(some, /authorization|cookie|bearer/gi, (line) =>
    headers.reduce((now, pattern) => now.replace(pattern, hideAfter), line),
  );
}

/** Replaces passwords that only their place in an address or a command shows. */
export function hidePlacedPasswords(text: string, hide: Hide): string {
  const hideAfter = (_: string, before: string, found: string) => before + hide(found, 'password');
  const some = changeLines(text, /@/g, (line) => line.replace(userinfo, hideAfter));
  return changeLines(some, hintOfPlace, (line) =>
    placed.reduce((now, pattern) => now.replace(pattern, hideAfter), line),
  );
}
