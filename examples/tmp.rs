use onewindow::{api::Client, backend::{Backend, config::Config}, keymap::Keymap, locale::Language, runtime, settings::{Inputs, Settings}};
fn main() {
    let dir = std::env::args().nth(1).unwrap_or("/tmp/owdemo".into());
    let dir = std::path::PathBuf::from(dir);
    std::fs::create_dir_all(&dir).unwrap();
    let (tx, rx) = tokio::sync::oneshot::channel();
    let d = dir.clone();
    std::thread::spawn(move || {
        let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        rt.block_on(async move {
            let running = Backend::start(Config::practice(&d)).await.map_err(|e| e.to_string());
            match running { Ok(r) => { tx.send(Ok(r.addr())).unwrap(); std::future::pending::<()>().await; } Err(e) => { tx.send(Err(e)).unwrap(); } }
        });
    });
    let settings = Settings::load(&Inputs { flags: vec![("data-dir", dir.display().to_string())], ..Default::default() }).unwrap();
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let r = rt.block_on(runtime::run(runtime::Start {
        client: Box::pin(async move { let a = rx.await?.map_err(|e| anyhow::anyhow!(e))?; Ok(Client::practice(a)?) }),
        data_dir: dir, user: None, credentials: Some(("practice".into(), "practice".into())), practice: true,
        language: Language::Chinese, ascii: false, colour: true, settings: settings.into(), keymap: Keymap::built_in() }));
    println!("{r:?}");
}
