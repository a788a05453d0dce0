/** Slack's look, near enough to judge how a message reads: light, dark, and narrow as on a phone. */
export const SLACK_STYLE = `
:root{--page:#fff;--ink:#1d1c1d;--quiet:#616061;--line:#dddddd;--bar:#f8f8f8;--tag:#e8e8e8;--tag-ink:#616061;--push:#ececf0;--code:#f8f8f8;--round:8px;
--link:#1264a3;--ping:#fff3c4;--ping-ink:#8a5200;--primary:#007a5a;--danger:#c01343;--edge:#bbb}
@media (prefers-color-scheme:dark){:root{--page:#1a1d21;--ink:#d1d2d3;--quiet:#ababad;--line:#35373b;--bar:#222529;--tag:#35373b;--tag-ink:#ababad;--push:#2c2f36;--code:#222529;
--link:#1d9bd1;--ping:#4d3f11;--ping-ink:#f2c744;--primary:#148567;--danger:#e0426b;--edge:#565856}}
body{font-family:Lato,'Slack-Lato',-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
.section{margin:4px 0;max-width:620px}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;margin:6px 0;max-width:620px}
.context{color:var(--quiet);font-size:13px;margin:4px 0;max-width:620px}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.actions.end{justify-content:flex-end}
.button{display:inline-block;padding:0 12px;height:36px;line-height:34px;border:1px solid var(--edge);border-radius:8px;font-weight:700;font-size:14px;white-space:nowrap;max-width:100%;overflow:hidden;text-overflow:ellipsis}
.button.primary{background:var(--primary);border-color:var(--primary);color:#fff}
.button.danger{background:var(--danger);border-color:var(--danger);color:#fff}
.header{font-size:18px;font-weight:900;margin:6px 0}
.quote{border-left:4px solid var(--line);padding-left:8px;display:block}
.link{color:var(--link)}
.ping{color:var(--link);background:rgba(29,155,209,.1);padding:0 2px 1px;border-radius:3px}
.ping.everyone{background:var(--ping);color:var(--ping-ink)}
.thread{color:var(--quiet);font-size:12px}
.message.reply{margin-left:28px;border-left:2px solid var(--line)}
.message.private{background:rgba(29,155,209,.06)}
.asked{font-size:13px;color:var(--quiet);padding:10px 16px 0}
.asked b{color:var(--ink)}
.modal,.home{border:1px solid var(--line);border-radius:10px;padding:14px 16px;margin:8px 16px;max-width:520px;background:var(--page)}
.home{max-width:none}
.modal-title{font-weight:900;font-size:18px;margin-bottom:8px}
.input{margin:12px 0}
.optional{color:var(--quiet)}
.field{border:1px solid var(--edge);border-radius:6px;min-height:38px;padding:7px 10px;margin:4px 0}
.field.select::after{content:'⌄';float:right}
hr{border:0;border-top:1px solid var(--line)}
@media (max-width:600px){.fields{grid-template-columns:1fr;gap:6px}.message.reply{margin-left:14px}.button{height:40px;line-height:38px}}
`;
